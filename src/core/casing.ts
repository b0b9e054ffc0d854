export type Casing = (name: string) => string

export const camel: Casing = (name) => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())

export const snake: Casing = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

export const pascal: Casing = (name) => {
  const joined = camel(name)
  return joined.charAt(0).toUpperCase() + joined.slice(1)
}

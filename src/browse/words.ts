export const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** `serial_number` and `serialNumber` as people write them. */
export function words(name: string): string {
  const spaced = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/[_-]+/g, ' ')
    .trim()
    .toLowerCase()
  const shouted = spaced.replace(/\b(id|ids|ip|mac|url|vin|otp|ssl|dns|hr|json)\b/g, (word) =>
    word === 'ids' ? 'IDs' : word.toUpperCase(),
  )
  return capitalised(shouted)
}

export const sentence = (text: string): string => /^.*?[.!?](?=\s|$)/s.exec(text)?.[0] ?? text

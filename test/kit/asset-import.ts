import { expect } from 'vitest'
import type { Caller, TestGraph } from './graph.ts'

export const IMPORT = `mutation ($input: ImportInput!) { importAssets(input: $input) {
  rows imported refused complete problemCount ignoredColumns problems { line row field message } } }`
const CREATE_TAG = 'mutation ($input: CreateTagInput!) { createTag(input: $input) { id } }'
const LIST = `query ($location: String) {
  assets(first: 200, filter: { location: { eq: $location } }, orderBy: [{ field: ID }]) {
    nodes { id name assetType serialNumber model manufacturer hostname ipAddress macAddress location notes
      customFields isActive createdById tags { name } } } }`

/** Files of assets sent to a graph, and what they leave there. */
export const assetImports = (graph: TestGraph) => {
  /** What a list shows of the assets of one place, in the order of their making. */
  const assets = async (location: string) => (await graph.as().run(LIST, { location })).data.assets.nodes
  return {
    assets,
    names: async (location: string) => (await assets(location)).map(({ name }: { name: string }) => name),
    async imported(input: object, caller: Caller = {}) {
      const { data, errors } = await graph.as(caller).run(IMPORT, { input })
      expect(errors).toBeUndefined()
      return data.importAssets
    },
    async refusal(input: object, caller: Caller = {}) {
      const { errors } = await graph.as(caller).run(IMPORT, { input })
      return errors?.[0]?.extensions
    },
    async tag(input: { name: string; slug?: string }, organization: 'a' | 'b' = 'a'): Promise<string> {
      const { data, errors } = await graph.as({ organization }).run(CREATE_TAG, { input })
      expect(errors).toBeUndefined()
      return data.createTag.id
    },
  }
}

import { builder, type InputFields } from '../../core/builder.ts'
import { listField } from '../../core/list/connection.ts'
import { clientst0rRoutes } from '../../core/rest-resource.ts'
import { rowField } from '../../core/row-field.ts'
import { rowMutations } from '../../core/row-mutations.ts'
import { Asset, Assets } from './type.ts'
import { createAsset, deleteAsset, updateAsset } from './verbs.ts'

const VIEW = `id name assetType serialNumber model manufacturer hostname ipAddress macAddress location notes
  tags { id name slug color } customFields isActive organization: organizationId organizationName
  createdAt updatedAt createdBy: createdById createdByName`

const ROUTES = clientst0rRoutes({
  name: 'assets',
  view: VIEW,
  required: 'name',
  params: {
    asset_type: 'assetType.eq',
    is_active: 'isActive.eq',
    manufacturer: 'manufacturer.eq',
    location: 'location.eq',
    tag: 'tag.eq',
    tag_id: 'tagId.eq',
  },
})

builder.queryFields((t) => ({
  assets: listField(t, Assets, {
    description:
      'Assets, newest first. A search looks through name, serial number, model, manufacturer, hostname, addresses and notes.',
    rest: ROUTES.list,
    authScopes: { can: 'assets:read' },
  }),
  asset: rowField(t, Asset, 'asset', {
    description: 'One asset. NOT_FOUND where there is none.',
    rest: ROUTES.one,
    authScopes: { can: 'assets:read' },
  }),
}))

const fieldsOf = (t: InputFields) => ({
  assetType: t.string({ description: 'switch, server, laptop, …; other unless given.' }),
  serialNumber: t.string(),
  model: t.string(),
  manufacturer: t.string(),
  hostname: t.string(),
  ipAddress: t.string({ description: 'IPv4 or IPv6.' }),
  macAddress: t.string({ description: 'Six bytes in hexadecimal, like 00:1b:44:11:3a:b7.' }),
  location: t.string(),
  notes: t.string(),
  customFields: t.field({ type: 'JSON', description: 'A JSON object of at most 64 KiB.' }),
  isActive: t.boolean({ description: 'True unless given.' }),
  tagIds: t.idList({ description: 'Its tags; these and no others.' }),
})

rowMutations(Asset, {
  can: 'assets:write',
  required: 'name',
  fields: fieldsOf,
  create: { verb: createAsset, rest: ROUTES.create, description: 'Records an asset.' },
  update: { verb: updateAsset, rest: ROUTES.update, description: 'Changes an asset. NOT_FOUND where there is none.' },
  delete: {
    verb: deleteAsset,
    rest: ROUTES.delete,
    description: 'Deletes an asset and returns it as it was. CONFLICT while monitors refer to it.',
  },
})

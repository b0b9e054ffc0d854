import { z } from 'zod'
import { builder, type InputFields } from '../core/builder.ts'
import { type Context, row } from '../core/context.ts'
import { enumOf } from '../core/enums.ts'
import { listField } from '../core/list/connection.ts'
import { defineList } from '../core/list/declare.ts'
import { rowField } from '../core/row-field.ts'
import * as rules from '../core/rules.ts'
import { type Input, validated } from '../core/validate.ts'
import { changeRow, deleteRow, insertRow } from '../core/write.ts'
import { TransactionKind as KINDS } from '../db/generated/enums.ts'

export const TransactionKind = enumOf('TransactionKind', KINDS, 'Whether money came in or went out.')

export const Transaction = builder.prismaObject('Transaction', {
  description: 'Money that came in or went out.',
  authScopes: { can: 'finance:read' },
  fields: (t) => ({
    id: t.exposeID('id'),
    kind: t.expose('kind', { type: TransactionKind }),
    amount: t.expose('amount', { type: 'Decimal', description: 'Never negative; the kind says which way it went.' }),
    currency: t.exposeString('currency', { description: 'ISO 4217.' }),
    occurredOn: t.expose('occurredOn', { type: 'Date' }),
    memo: t.exposeString('memo', { nullable: true }),
    vendorId: t.exposeID('vendorId', { nullable: true }),
    vendor: t.relation('vendor', { nullable: true, description: 'Who was paid.' }),
    businessLineId: t.exposeID('businessLineId', { nullable: true }),
    businessLine: t.relation('businessLine', { nullable: true }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
  }),
})

export const Transactions = defineList({
  model: 'Transaction',
  filter: {
    kind: TransactionKind,
    amount: 'Decimal',
    currency: 'String',
    occurredOn: 'Date',
    vendorId: 'ID',
    businessLineId: 'ID',
    createdAt: 'DateTime',
    updatedAt: 'DateTime',
  },
  search: ['memo'],
  order: ['id', 'kind', 'amount', 'occurredOn', 'createdAt', 'updatedAt'],
  defaultOrder: '-occurredOn',
})

builder.queryFields((t) => ({
  transactions: listField(t, Transactions, {
    description: 'Transactions, latest first.',
    rest: false,
    authScopes: { can: 'finance:read' },
  }),
  transaction: rowField(t, Transaction, 'transaction', {
    description: 'One transaction. NOT_FOUND where there is none.',
    rest: false,
    authScopes: { can: 'finance:read' },
  }),
}))

const creation = z.object({
  kind: z.enum(KINDS),
  amount: rules.positiveMoney,
  occurredOn: z.date(),
  currency: rules.currency.optional(),
  memo: rules.line.nullish(),
  vendorId: z.int().nullish(),
  businessLineId: z.int().nullish(),
})
const change = creation.partial()

const TRANSACTION = { name: 'transaction' } as const

export const createTransaction = (ctx: Context, input: Input) => {
  const data = { ...validated(creation, input), organizationId: ctx.organizationId }
  return insertRow(ctx, TRANSACTION, 'Transaction', data)
}

export const updateTransaction = (ctx: Context, id: number, input: Input) => {
  const data = validated(change, input)
  return changeRow(ctx, TRANSACTION, 'Transaction', { id, ...data })
}

export const deleteTransaction = (ctx: Context, id: number, query: object = {}) => {
  const where = row(ctx, id)
  return deleteRow(ctx, TRANSACTION, {
    read: (tx) => tx.transaction.findUnique({ ...query, where }),
    remove: (tx) => tx.transaction.delete({ where }),
  })
}

const fieldsOf = (t: InputFields) => ({
  currency: t.string({ description: 'ISO 4217; USD unless given.' }),
  memo: t.string(),
  vendorId: t.id({ description: 'Who was paid.' }),
  businessLineId: t.id(),
})

const CreateTransactionInput = builder.inputType('CreateTransactionInput', {
  fields: (t) => ({
    kind: t.field({ type: TransactionKind, required: true }),
    amount: t.field({ type: 'Decimal', required: true }),
    occurredOn: t.field({ type: 'Date', required: true }),
    ...fieldsOf(t),
  }),
})
const UpdateTransactionInput = builder.inputType('UpdateTransactionInput', {
  description: 'What is left out stays; null clears a field.',
  fields: (t) => ({
    kind: t.field({ type: TransactionKind }),
    amount: t.field({ type: 'Decimal' }),
    occurredOn: t.field({ type: 'Date' }),
    ...fieldsOf(t),
  }),
})

builder.mutationFields((t) => ({
  createTransaction: t.field({
    type: Transaction,
    description: 'Records money that came in or went out.',
    rest: false,
    authScopes: { can: 'finance:write' },
    args: { input: t.arg({ type: CreateTransactionInput, required: true }) },
    resolve: (_root, { input }, ctx) => createTransaction(ctx, input),
  }),
  updateTransaction: t.field({
    type: Transaction,
    description: 'Changes a transaction. NOT_FOUND where there is none.',
    rest: false,
    authScopes: { can: 'finance:write' },
    args: { id: t.arg.id({ required: true }), input: t.arg({ type: UpdateTransactionInput, required: true }) },
    resolve: (_root, { id, input }, ctx) => updateTransaction(ctx, id, input),
  }),
  deleteTransaction: t.prismaField({
    type: Transaction,
    description: 'Deletes a transaction and returns it as it was.',
    rest: false,
    authScopes: { can: 'finance:write' },
    args: { id: t.arg.id({ required: true }) },
    resolve: (query, _root, { id }, ctx) => deleteTransaction(ctx, id, query),
  }),
}))

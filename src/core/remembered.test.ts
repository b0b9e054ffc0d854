import { expect, it } from 'vitest'
import { Remembered } from './remembered.ts'

it('forgets what was set longest ago once it holds too much', () => {
  const names = new Remembered<number>(300)
  for (const [at, name] of ['a', 'b', 'c', 'd'].entries())
    for (let n = 0; n < 33; n += 1) names.set(`${name}${n}`, at, 3)
  expect([names.get('a0'), names.get('a31'), names.get('a32'), names.get('d32')]).toEqual([undefined, undefined, 0, 3])
})

it('does not take what would push out too much', () => {
  const names = new Remembered<string>(300)
  names.set('small', 'kept', 3)
  names.set('large', 'not kept', 4)
  expect([names.get('small'), names.get('large')]).toEqual(['kept', undefined])
})

it('forgets the old value of a key with its weight', () => {
  const names = new Remembered<number>(300)
  for (let n = 0; n < 1000; n += 1) names.set('one', n, 3)
  names.set('other', 1, 3)
  names.set('one', 7, 4)
  expect([names.get('one'), names.get('other')]).toEqual([undefined, 1])
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { attributes, described, html, type Part } from './html.ts'

const NAMES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
const read = (text: string) => text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => NAMES[name]!)

describe('markup', () => {
  it('shows every text as it is, and never as markup', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const { text: written } = html`<p title="${text}">${text}</p>`
        const found = /^<p title="([^"<>]*)">([^<>]*)<\/p>$/.exec(written)
        expect([read(found![1]!), read(found![2]!)]).toEqual([text, text])
      }),
    )
  })

  it('is written as it is, and so are lists of it; what is absent is not', () => {
    const items: Part[] = ['<', html`<b>1</b>`, 2, undefined, null, false, [html`<i></i>`]]
    expect(html`<p>${items}</p>`.text).toBe('<p>&lt;<b>1</b>2<i></i></p>')
  })

  it('has only the attributes that have a value', () => {
    const given = { id: 'a"b', hidden: true, rows: 4, class: undefined, checked: false, value: '' }
    expect(attributes(given).text).toBe(' id="a&quot;b" hidden rows="4" value=""')
  })

  it('sets what stands between backticks as code', () => {
    expect(html`${described('a `<b>` c')}`.text).toBe('a <code>&lt;b&gt;</code> c')
  })
})

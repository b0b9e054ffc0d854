import { describe, expect, it } from 'vitest'
import { kindOf } from './kind.ts'
import { displayName } from './name.ts'

/** A ZIP archive of empty, stored files. */
function zip(names: readonly string[]): Buffer {
  const locals: Buffer[] = []
  const entries: Buffer[] = []
  let offset = 0
  for (const name of names) {
    const text = Buffer.from(name)
    const local = Buffer.alloc(30)
    local.writeUInt32LE(0x04034b50)
    local.writeUInt16LE(text.length, 26)
    const entry = Buffer.alloc(46)
    entry.writeUInt32LE(0x02014b50)
    entry.writeUInt16LE(text.length, 28)
    entry.writeUInt32LE(offset, 42)
    locals.push(local, text)
    entries.push(entry, text)
    offset += local.length + text.length
  }
  const directory = Buffer.concat(entries)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50)
  end.writeUInt16LE(names.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...locals, directory, end])
}

const office = (...names: string[]) => zip(['[Content_Types].xml', ...names])
const ole = (stream: string) =>
  Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(64), Buffer.from(stream, 'utf16le')])
const PDF = Buffer.from('%PDF-1.7\n')

describe('what a file is', () => {
  it.each([
    ['a.pdf', PDF, 'application/pdf'],
    ['a.png', Buffer.from('89504e470d0a1a0a00', 'hex'), 'image/png'],
    ['a.jpg', Buffer.from('ffd8ffe000', 'hex'), 'image/jpeg'],
    ['a.gif', Buffer.from('GIF89a...'), 'image/gif'],
    ['a.docx', office('word/document.xml'), 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
    ['a.xlsx', office('xl/workbook.xml'), 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
    [
      'a.pptx',
      office('ppt/presentation.xml'),
      'application/vnd.openxmlformats-officedocument.presentationml.presentation',
    ],
    ['a.doc', ole('WordDocument'), 'application/msword'],
    ['a.txt', Buffer.from('héllo\r\n\tworld\n'), 'text/plain'],
    ['README', Buffer.from('plain'), 'text/plain'],
    ['a.MD', Buffer.from('# Title\n<p align="center">x</p>'), 'text/markdown'],
    ['a.csv', Buffer.from('a,b\n1,2\n'), 'text/csv'],
    ['claims-to-be.exe', PDF, 'application/pdf'],
  ])('%s is known by its bytes', (name, bytes, mimeType) => {
    expect(kindOf(bytes, name).mimeType).toBe(mimeType)
  })

  it.each([
    ['page.html', Buffer.from('hello')],
    ['page.txt', Buffer.from('\uFEFF \n<!DOCTYPE html><script>alert(1)</script>')],
    ['image.svg', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['image.txt', Buffer.from('<?xml version="1.0"?><svg/>')],
    ['run.txt', Buffer.from('#!/bin/sh\nrm -rf /\n')],
    ['run.sh', Buffer.from('echo hello')],
    ['a.exe', Buffer.from('MZ\x90\0', 'latin1')],
    ['a.txt', Buffer.from('\x7fELF\x02\x01\x01\0', 'latin1')],
    ['a.txt', Buffer.from([0xff, 0xfe, 0x41, 0x00])],
    ['a.zip', zip(['readme.txt'])],
    ['a.jar', zip(['META-INF/MANIFEST.MF'])],
    ['a.docx', office('word/document.xml', 'word/vbaProject.bin')],
    ['a.docx', Buffer.from('504b0304', 'hex')],
    ['setup.doc', ole('SummaryInformation')],
  ])('%s is refused, naming what is allowed', (name, bytes) => {
    const refusal = {
      code: 'UNSUPPORTED_MEDIA_TYPE',
      details: { fields: { content: [expect.stringContaining('PDF')] } },
    }
    expect(() => kindOf(bytes, name)).toThrow(expect.objectContaining(refusal))
  })

  it('a directory that points outside its archive is no office file', () => {
    const broken = office('word/document.xml')
    broken.writeUInt32LE(0xfffffff0, broken.length - 6)
    expect(() => kindOf(broken, 'a.docx')).toThrow('is not a file that is kept here')
  })
})

describe('what a file is called', () => {
  const kind = kindOf(PDF, '')
  it.each([
    ['Report 2026.pdf', 'Report 2026.pdf'],
    ['Bericht Größe.PDF', 'Bericht Größe.PDF'],
    ['../../etc/passwd', 'passwd.pdf'],
    ['C:\\Users\\me\\x.pdf', 'x.pdf'],
    ['invoice.pdf.html', 'invoice.pdf.html.pdf'],
    ['inv\u202efdp.exe', 'invfdp.exe.pdf'],
    ['a\r\nSet-Cookie: x.pdf', 'aSet-Cookie_ x.pdf'],
    ['"><img>.pdf', '___img_.pdf'],
    ['.htaccess', 'htaccess.pdf'],
    ['', 'document.pdf'],
    ['...', 'document.pdf'],
    ['\ud800.pdf', '\ufffd.pdf'],
    ['x'.repeat(900), `${'x'.repeat(150)}.pdf`],
  ])('%j is shown as %j', (given, shown) => {
    expect(displayName(given, kind)).toBe(shown)
  })
})

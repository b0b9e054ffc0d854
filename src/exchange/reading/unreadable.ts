/** A file that cannot be read from a line on, or at all; the sentence goes on from the file's name. */
export class Unreadable extends Error {
  readonly sentence: string
  readonly line: number | null

  constructor(sentence: string, line: number | null = null) {
    super(sentence)
    this.sentence = sentence
    this.line = line
  }
}

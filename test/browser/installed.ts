import { existsSync } from 'node:fs'

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

export const chromiumPath = process.env.TEST_CHROMIUM ?? PLACES.find((place) => existsSync(place))

/** Why no page can be looked at; undefined where one can. */
export const chromiumAbsent = chromiumPath
  ? undefined
  : 'left out: no Chromium is installed; TEST_CHROMIUM may name one'

/** Before the tests of the pages: whoever runs them hears that they were left out, and why. */
export default function announce(): void {
  if (chromiumAbsent) console.warn(`The tests of the pages (test/browser) are ${chromiumAbsent}.`)
}

import type { Credential } from '../access/credential.ts'
import type { App } from '../app.ts'
import { keyContext, publicContext } from '../context.ts'
import type { AppError } from '../core/errors.ts'
import { DIALECTS } from '../rest/dialects/all.ts'
import type { Match, Rest } from '../rest/rest.ts'
import { type Admission, admitted, charge, inChosen } from './admission.ts'
import type { Answer } from './answer.ts'
import { idempotent } from './idempotent.ts'
import { type Asked, BODY_LIMIT, carriesBody, readBody, UPLOAD_LIMIT } from './request.ts'

const NO_BODY = Buffer.alloc(0)

const bodyLimit = (match: Match): number =>
  match.kind === 'route' && match.endpoint.route.multipart ? UPLOAD_LIMIT : BODY_LIMIT

/** A stranger may ask what is public, which methods a path has, and learn that a path does not exist. */
export const forAnyone = (match: Match, isStranger: boolean): boolean =>
  (match.kind === 'route' && match.public) ||
  match.kind === 'options' ||
  ((match.kind === 'unknown' || match.kind === 'index') && isStranger)

const isStranger = ({ req }: Asked, { key }: Admission) => req.headers.authorization === undefined && !key

type Payer = Credential | undefined

/** At once, where this process knows the key and counts by itself. */
function paying(app: App, match: Match, asked: Asked, admission: Admission): Payer | Promise<Payer> {
  if (forAnyone(match, isStranger(asked, admission))) return undefined
  const pay = (key: Credential): Credential | Promise<Credential> => {
    const choose = () => inChosen(app, asked, admission, key, DIALECTS[match.dialect].organizationParameter)
    return charge(app, admission, key, 1)?.then(choose) ?? choose()
  }
  const known = admitted(app, asked, admission)
  return known instanceof Promise ? known.then(pay) : pay(known)
}

export type RestDoor = (match: Match, asked: Asked, admission: Admission) => Promise<Answer>

/** One REST request: credential, bucket, body, and then the route, in the path owner's manners. */
export function createRestDoor(app: App, rest: Rest): RestDoor {
  const handle = (match: Match, asked: Asked, key: Payer, given: Buffer | undefined): Promise<Answer> => {
    const { method, url, requestId, address, publicBase } = asked
    const { headers } = asked.req
    const who = { requestId, address, door: 'rest' } as const
    const context = key ? keyContext(app, key, who) : publicContext(app, who)
    const body = carriesBody(asked) ? (given ?? NO_BODY) : undefined
    const run = () => rest.handle(match, { method, url, headers, body, publicBase, context, requestId })
    if (!key || match.kind !== 'route' || method !== 'POST') return run()
    const refuse = (error: AppError) => rest.fail(match.dialect, error, { requestId, method })
    return idempotent(app, asked, key, given ?? NO_BODY, { context, run, refuse })
  }
  return async (match: Match, asked: Asked, admission: Admission): Promise<Answer> => {
    try {
      const payer = paying(app, match, asked, admission)
      const key = payer instanceof Promise ? await payer : payer
      const body =
        carriesBody(asked) && match.kind === 'route' ? await readBody(asked.req, bodyLimit(match)) : undefined
      return await handle(match, asked, key, body)
    } catch (error) {
      return rest.fail(match.dialect, error, { requestId: asked.requestId, method: asked.method })
    }
  }
}

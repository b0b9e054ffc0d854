import { newSecret } from '../../src/accounts/second-factor/one-time-code.ts'
import { placeOf, SECRET } from '../../src/accounts/second-factor/pass.ts'
import type { App } from '../../src/app.ts'

const WITHOUT = `
  SELECT user_id AS id FROM membership member WHERE organization_id = $1 AND NOT has_second_factor AND status = 'active'
  AND NOT EXISTS (SELECT 1 FROM membership m WHERE m.user_id = member.user_id AND m.organization_id <> $1)`

/** Everybody who belongs to this organization alone has a second factor, as if they had confirmed one. */
export async function giveSecondFactors({ query, envelope, clock }: App, organizationId: number): Promise<void> {
  for (const { id: userId } of await query<{ id: number }>(WITHOUT, [organizationId])) {
    const [next] = await query<{ id: string }>(`SELECT nextval('second_factor_id_seq')::text AS id`, [])
    const id = Number(next!.id)
    const { key, stored } = envelope.create(placeOf(id))
    await query(
      `INSERT INTO second_factor (id, user_id, secret, wrapped_key, key_id, created_at, confirmed_at)
       VALUES ($1, $2, $3, $4, $5, $6, $6)`,
      [
        ...[id, userId, Buffer.from(key.seal(SECRET, newSecret()))],
        ...[Buffer.from(stored.wrappedKey), stored.keyId, clock.now()],
      ],
    )
  }
}

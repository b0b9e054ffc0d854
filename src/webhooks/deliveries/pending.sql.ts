import type { Context } from '../../core/context.ts'
import type { Transaction } from '../../db/client.ts'

const DISABLED = 'The endpoint was disabled.'

/** What waits for an endpoint is not tried any more. */
export const giveUpPending = (tx: Transaction, { organizationId }: Context, endpointId: number) =>
  tx.$executeRaw`
    UPDATE webhook_delivery SET state = 'failed', next_attempt_at = NULL, lease = NULL, last_error = ${DISABLED}
    WHERE organization_id = ${organizationId} AND webhook_endpoint_id = ${endpointId} AND state = 'pending'`

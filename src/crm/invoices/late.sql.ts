/** The organizations in which somebody's invoice is late on the day given. */
export const WITH_LATE_INVOICES = `
  SELECT id FROM organization WHERE EXISTS (
    SELECT FROM invoice WHERE organization_id = organization.id AND status = 'sent' AND due_on < $1
  ) ORDER BY id`

-- The person whom the caller stands for, in statements that read which organizations are theirs; nobody in all others.
CREATE FUNCTION opsgraph_user() RETURNS int LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT nullif(current_setting('opsgraph.user_id', true), '')::int $$;

CREATE POLICY their_own ON membership FOR SELECT TO opsgraph_app USING (user_id = opsgraph_user());
CREATE POLICY their_own ON organization FOR SELECT TO opsgraph_app
  USING (EXISTS (SELECT 1 FROM membership m WHERE m.organization_id = organization.id AND m.user_id = opsgraph_user()));

-- Whoever changes what a person may do, by whatever way: every process forgets what it remembers of them.
CREATE FUNCTION opsgraph_announce() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('opsgraph_access', TG_ARGV[0] || ':' || (to_jsonb(OLD) ->> TG_ARGV[1]));
  RETURN NULL;
END $$;
CREATE TRIGGER membership_announced AFTER UPDATE OR DELETE ON membership
  FOR EACH ROW EXECUTE FUNCTION opsgraph_announce('user', 'user_id');
CREATE TRIGGER app_user_announced AFTER UPDATE OF status, email ON app_user
  FOR EACH ROW EXECUTE FUNCTION opsgraph_announce('user', 'id');
CREATE TRIGGER organization_announced AFTER UPDATE OF slug, name ON organization
  FOR EACH ROW EXECUTE FUNCTION opsgraph_announce('organization', 'id');

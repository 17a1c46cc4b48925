-- Events that came in by webhook, and what became of them. Run by the owner of the database.
CREATE TABLE integration_events (
    tenant_id uuid NOT NULL,
    name text NOT NULL,
    id text NOT NULL,
    data jsonb NOT NULL,
    state text NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now(),
    -- The tenant belongs to the key: otherwise an error tells one tenant that another has the same id.
    PRIMARY KEY (tenant_id, name, id)
);

SELECT strata.isolate_tenants('integration_events', 'tenant_id');

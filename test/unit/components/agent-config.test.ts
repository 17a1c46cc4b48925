import { agentConfig } from "../../../components/identity/vault-agent/config";
import type { Delivery } from "../../../model/secrets/delivery";

const plan = { application: "shop-api", handsToken: false, renderInterval: 300 };
const login: Delivery = {
    file: "postgres",
    path: "shop/database/creds/shop",
    from: "login",
    secret: "shop/database",
    login: {
        kind: "postgres",
        server: "shop-postgres",
        port: 5432,
        store: "shop",
        database: "shop_test",
        user: "shop",
        client: "shop-api",
    },
};
const configOf = (delivery: Delivery): string => agentConfig({ ...plan, deliveries: [delivery] });

/** Template of the only file, as the agent reads it. */
function contents(delivery: Delivery): string {
    const [, text = '""'] = /contents {4}= (".*")$/m.exec(configOf(delivery)) ?? [];
    return JSON.parse(text) as string;
}

test("logs in as the application with files that stay", () => {
    const config = agentConfig({ ...plan, deliveries: [] });
    expect(config).toContain('address = "http://vault:8200"');
    expect(config).toContain('mount_path  = "auth/services"');
    expect(config).toContain('role_id_file_path   = "/etc/strata/role-id"');
    expect(config).toContain('secret_id_file_path = "/etc/strata/secrets/secret-id"');
    expect(config).toContain("remove_secret_id_file_after_reading = false");
});

test("a value that is missing ends nothing, and is looked for at least once a minute", () => {
    const config = agentConfig({ ...plan, deliveries: [] });
    expect(config).toContain("num_retries = 1000000000");
    expect(config).toContain("exit_on_retry_failure         = false");
    expect(config).toContain('static_secret_render_interval = "300s"');
    expect(config).toContain('max_backoff = "60s"');
    expect(agentConfig({ ...plan, deliveries: [], renderInterval: 10 })).toContain('max_backoff = "10s"');
});

test("the token is the agent's own unless the application asks Vault itself", () => {
    const own = agentConfig({ ...plan, deliveries: [] });
    expect(own.match(/sink "file"/g)).toHaveLength(1);
    expect(own).toMatch(/path = "\/tmp\/token"\n {6}mode = 0600/);
    const handed = agentConfig({ ...plan, deliveries: [], handsToken: true });
    expect(handed).toMatch(/path = "\/run\/secrets\/vault-token"\n {6}mode = 0440/);
});

test("files are for their owner and group to read", () => {
    expect(configOf(login)).toMatch(/destination = "\/run\/secrets\/postgres"\n {2}perms {7}= "0440"/);
});

test.each<[Delivery["from"], Partial<Delivery>, string]>([
    [
        "login",
        login,
        '{{ with secret "shop/database/creds/shop" }}postgresql://{{ .Data.username }}:{{ .Data.password }}@shop-postgres:5432/shop_test{{ end }}',
    ],
    ["url", {}, '{{ with secret "x" }}{{ with .Data.data.url }}{{ . }}{{ end }}{{ end }}'],
    ["value", {}, '{{ with secret "x" }}{{ with .Data.data.value }}{{ . }}{{ end }}{{ end }}'],
    [
        "written",
        {},
        '{{ with secret "x" }}{{ if and .Data.data.value (eq (len .Data.data) 1) }}{{ .Data.data.value }}{{ else }}{{ .Data.data | toJSON }}{{ end }}{{ end }}',
    ],
    ["token", {}, '{{ with secret "x" }}{{ .Data.token }}{{ end }}'],
    [
        "certificate",
        {},
        '{{ with pkiCert "x" "common_name=shop-api" }}{{ .Key }}{{ .Cert }}{{ range .CAChain }}{{ . }}{{ end }}{{ end }}',
    ],
])("template of a %s", (from, changes, expected) => {
    expect(contents({ file: "x", path: "x", secret: "shop/x", ...changes, from })).toBe(expected);
});

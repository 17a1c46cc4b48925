/** The files that an agent writes into an application's secrets directory: one file for each secret that can be a file. */

import { kindOf, STORE_KINDS, type StoreKindName } from "../../components/kinds";
import { isDeclaredBy, isOnly, isStore, type Login, loginsOf } from "../logins";
import { type Owner, ownerName } from "../owner";
import type { Service } from "../platform";
import { grantsOf } from "./access";
import { mountOf, type ResolvedSecret } from "./secret";

/**
 * The file with the service's own Vault token, for services that ask Vault themselves. The agent replaces it once a day.
 */
export const TOKEN_FILE = "vault-token";

/** Names of files that no secret of a product may have. */
export function reservedFiles(): readonly string[] {
    return [...STORE_KINDS, TOKEN_FILE];
}

/** One file. */
export interface Delivery {
    /** Name in the folder of secrets. */
    readonly file: string;
    /** Path of Vault's API that it is read from. */
    readonly path: string;
    /**
     * `login`: URL with a leased database login. `url`, `credentials`, `value`: the field of that name, in a value that the
     * program wrote. `written`: a value that people or another program write, so it may be missing. `certificate`: key,
     * certificate and authorities. `token`: a token that Vault signs anew at each look.
     */
    readonly from: "login" | "url" | "credentials" | "value" | "written" | "certificate" | "token";
    /** Name of the secret. */
    readonly secret: string;
    /** The login that the file holds; only for `login`, `url` and `credentials`. @default - no store */
    readonly login?: Login;
}

/** The application's files, in the order of the secrets matrix. */
export function deliveriesOf(
    secrets: readonly ResolvedSecret[],
    services: readonly Service[],
    application: Owner & Pick<Service, "name">,
): Delivery[] {
    const readable = secrets.filter(
        ({ readers, engine }) => readers.includes(application.name) && engine !== "transit",
    );
    const logins = loginsOf(services).filter(({ client }) => client === application.name);
    const found = readable.map((secret) => ({ secret, login: loginOf(secret, logins, services) }));
    const isLeased = (login: Login | undefined): boolean =>
        found.some((other) => other.secret.engine === "database" && other.login === login);
    // An application with a leased login to a database does not get the static login as a file; it stays in Vault.
    const delivered = found.filter(
        ({ secret, login }) => secret.engine === "database" || login === undefined || !isLeased(login),
    );
    return delivered.map(({ secret, login }): Delivery => {
        const [grant] = grantsOf(secret);
        const name = fileOf(secret, ownerName(application));
        const all = delivered.map((one) => one.login);
        return {
            file: login === undefined ? name : isOnly(login.kind, all) ? login.kind : `${login.kind}-${name}`,
            path: grant?.path ?? mountOf(secret),
            from: sourceOf(secret),
            secret: secret.name,
            ...(login && { login }),
        };
    });
}

/** Whether an application asks Vault itself, for encryption: that cannot be a file. */
export function asksVault(secrets: readonly ResolvedSecret[], application: string): boolean {
    return secrets.some(({ engine, readers }) => engine === "transit" && readers.includes(application));
}

/**
 * @param logins - of the application
 * @returns undefined when the secret opens no store, or a store without this client (the check reports that)
 */
function loginOf(secret: ResolvedSecret, logins: readonly Login[], services: readonly Service[]): Login | undefined {
    const { engine, path, owner } = secret;
    if (engine === "database") {
        const own = services.filter((service) => ownerName(service) === owner).map(({ name }) => name);
        return logins.find((login) => isLeasable(login) && own.includes(login.server) && isStore(login, path));
    }
    return logins.find((login) => isDeclaredBy(login, secret));
}

/** Whether Vault can issue leased logins to stores of the kind. */
function isLeasable(login: Login): boolean {
    return kindOf(login).store?.leases !== undefined;
}

function sourceOf({ engine, source }: ResolvedSecret): Delivery["from"] {
    if (engine === "database") {
        return "login";
    }
    if (engine === "pki") {
        return "certificate";
    }
    if (engine === "token") {
        return "token";
    }
    if (source === "generated" || source === "client") {
        return "value";
    }
    return source === "written" ? "written" : fieldOf(source);
}

/** The field in Vault with the text of a client's file. */
export function fieldOf(kind: StoreKindName): "url" | "credentials" {
    return kindOf({ kind }).store?.file?.holds ?? "url";
}

/**
 * The name of a secret's file: the secret's name, with the owner in front when that is another owner. Names have no dots,
 * so no file name is taken twice.
 */
function fileOf({ name, owner }: ResolvedSecret, product: string): string {
    const [, own = name] = name.split("/");
    return owner === product ? own : `${owner}.${own}`;
}

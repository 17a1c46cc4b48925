import * as pulumi from "@pulumi/pulumi";

import type { Login } from "../../model/logins";
import { kindOf } from "../kinds";

/** What one client needs to log in to one store. */
export interface StoreCredential extends Login {
    /** Always secret. */
    readonly password: pulumi.Output<string>;
}

/** Credentials of a server's clients. @param passwords - by user */
export function credentialsOf(
    logins: readonly Login[],
    passwords: ReadonlyMap<string, pulumi.Output<string>>,
): StoreCredential[] {
    return logins.map((login) => ({ ...login, password: passwords.get(login.user)! }));
}

/** Connection URL with user and password. Always secret. */
export function connectionUrl({ password, server: host, ...login }: StoreCredential): pulumi.Output<string> {
    const { store } = kindOf(login);
    if (store === undefined) {
        throw new Error(`${host}: nobody can log in to a service of kind ${login.kind}`);
    }
    return pulumi.secret(password.apply((text) => store.url({ ...login, host, password: text })));
}

import * as pulumi from "@pulumi/pulumi";

import type { Login } from "../../model/logins";
import { kindOf } from "../kinds";

/** What one client needs to log in to one store. */
export interface StoreCredential extends Login {
    /** Always secret. */
    readonly password: pulumi.Output<string>;
}

/** Credentials of a server's clients. @param passwords - by user; a user without one has only logins that Vault makes */
export function credentialsOf(
    logins: readonly Login[],
    passwords: ReadonlyMap<string, pulumi.Output<string>>,
): StoreCredential[] {
    return logins.flatMap((login) => {
        const password = passwords.get(login.user);
        return password === undefined ? [] : [{ ...login, password }];
    });
}

/** Text of a client's file, such as a connection URL with user and password. Always secret. */
export function clientFile({ password, server: host, ...login }: StoreCredential): pulumi.Output<string> {
    const { store } = kindOf(login);
    if (store === undefined) {
        throw new Error(`${host}: nobody can log in to a service of kind ${login.kind}`);
    }
    return pulumi.secret(password.apply((text) => store.fileText({ ...login, host, password: text })));
}

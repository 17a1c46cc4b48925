import type * as pulumi from "@pulumi/pulumi";

import type { StoreLogin } from "../../model/store-logins";

/** What one client needs to log in to one store. */
export interface StoreCredential extends StoreLogin {
    /** Connection URL with user and password. Always secret. */
    readonly url: pulumi.Output<string>;
}

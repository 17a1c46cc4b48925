import type * as pulumi from "@pulumi/pulumi";

/** What one client needs to log in to one store. */
export interface StoreCredential {
    /** The service it is for. */
    readonly client: string;
    /** Name of the file below the client's secrets directory. */
    readonly file: string;
    /** Connection URL with user and password. Always secret. */
    readonly url: pulumi.Output<string>;
}

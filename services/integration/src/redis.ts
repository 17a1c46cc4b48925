/** Redis, of which the service may use the keys with its prefix. */

import { Redis as Client } from "ioredis";

import { type Log, reasonOf } from "./log";
import { secretFile } from "./secret-file";

export class Redis {
    private readonly url: () => string;
    private client: { readonly url: string; readonly client: Client } | undefined;

    /** @param prefix - what every key begins with */
    constructor(
        urlFile: string,
        private readonly prefix: string,
        private readonly log: Log,
    ) {
        this.url = secretFile(urlFile);
    }

    /** Adds a member to a set. @returns how many members the set has */
    async countDistinct(key: string, member: string): Promise<number> {
        const client = this.present();
        await client.sadd(key, member);
        return client.scard(key);
    }

    async close(): Promise<void> {
        await this.client?.client.quit();
    }

    /** A connection with the present login. */
    private present(): Client {
        const url = this.url();
        if (this.client?.url !== url) {
            this.client?.client.disconnect();
            const client = new Client(url, { keyPrefix: this.prefix, maxRetriesPerRequest: 2, connectTimeout: 5_000 });
            // Without a listener, ioredis writes to standard error.
            client.on("error", (error: unknown) => this.log("warn", "Redis", { reason: reasonOf(error) }));
            this.client = { url, client };
        }
        return this.client.client;
    }
}

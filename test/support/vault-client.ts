/** Calls Vault's API, from this machine or from a container's network. */

import { request } from "node:http";

import { runInNetworkOf } from "./eyes";
import { docker, inspect } from "./live-engine";

/** One question to Vault. */
export interface VaultQuestion {
    readonly method: string;
    /** Path below `/v1/`. */
    readonly path: string;
    readonly body?: object;
    readonly token?: string;
}

/** Vault's answer. */
export interface VaultAnswer {
    readonly status: number;
    readonly body: Record<string, unknown>;
}

/** Asks through a port of this machine. */
export function askVault(port: number, { method, path, body, token }: VaultQuestion): Promise<VaultAnswer> {
    return new Promise((resolve, reject) => {
        const client = request({
            host: "127.0.0.1",
            port,
            path: `/v1/${path}`,
            method,
            headers: token === undefined ? {} : { "X-Vault-Token": token },
            timeout: 20_000,
        });
        client.on("response", (response) => {
            let text = "";
            response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
            response.on("end", () =>
                resolve({
                    status: response.statusCode ?? 0,
                    body: text === "" ? {} : (JSON.parse(text) as VaultAnswer["body"]),
                }),
            );
        });
        client.on("timeout", () => client.destroy(new Error(`no answer to ${path} within 20 s`)));
        client.on("error", reject);
        client.end(body === undefined ? undefined : JSON.stringify(body));
    });
}

/**
 * A program for Node that reads questions, asks them one after another on one connection, and prints the answers. It is plain
 * JavaScript, because no TypeScript is translated where it runs.
 */
const ASKER = `
const { Agent, request } = require("node:http");
const { address, questions } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const ask = ({ method, path, body, token }) => new Promise((resolve, reject) => {
    const headers = token === undefined ? {} : { "X-Vault-Token": token };
    const client = request({ host: address, port: 8200, path: "/v1/" + path, method, headers, agent, timeout: 20000 });
    client.on("response", (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk) => (text += chunk));
        response.on("end", () => resolve({ status: response.statusCode, body: text === "" ? {} : JSON.parse(text) }));
    });
    client.on("timeout", () => client.destroy(new Error("no answer to " + path)));
    client.on("error", reject);
    client.end(body === undefined ? undefined : JSON.stringify(body));
});
(async () => {
    const answers = [];
    for (const question of questions) answers.push(await ask(question));
    process.stdout.write(JSON.stringify(answers));
    agent.destroy();
})().catch((error) => { console.error(String(error)); process.exit(1); });
`;

/**
 * Asks from inside a container's network: Vault sees the container's address, and the questions reach only what the container reaches.
 *
 * @param from - container whose network is used
 * @param vault - Vault's container
 * @throws Error when the two share no network, or Vault does not answer
 */
export async function askVaultFrom(
    from: string,
    vault: string,
    questions: readonly VaultQuestion[],
): Promise<VaultAnswer[]> {
    const [source, target] = await Promise.all([inspect(from), inspect(vault)]);
    const shared = Object.keys(source.NetworkSettings.Networks).find((name) => name in target.NetworkSettings.Networks);
    const address = shared === undefined ? undefined : target.NetworkSettings.Networks[shared]?.IPAddress;
    if (address === undefined) {
        throw new Error(`${from} and ${vault} share no network`);
    }
    const command = [process.execPath, "-e", ASKER];
    const ended = await runInNetworkOf(source.State.Pid, command, JSON.stringify({ address, questions }));
    if (ended.code !== 0) {
        throw new Error(`${from} asks Vault: ${ended.stderr}`);
    }
    return JSON.parse(ended.stdout) as VaultAnswer[];
}

/** Runs SQL on a Postgres container as its superuser. */
export async function asSuperuser(container: string, sql: string): Promise<string> {
    const psql = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-d", "postgres"];
    return (await docker(["exec", "-i", container, ...psql], { input: sql })).trim();
}

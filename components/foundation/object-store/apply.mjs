// Brings an object store to its declared buckets: creates those that are missing, and sets who may do what in each of them.
// Nobody but strata reaches a bucket that is no longer declared; its objects stay. Standard input is JSON: `{ container, port,
// region, key: { access, secret }, identity, buckets: [{ name, policy?, cors? }] }`. Can be run any number of times. Prints
// `identity=` with the number of the server's data, and no secret.
//
// No network leads from here to the server. Requests go through `nc` in the server's container; its images have no program
// that signs requests, so they are signed here.
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";

import { signedHeaders } from "./signed-request.mjs";

/** Longest time of a request in milliseconds. */
const PATIENCE = 30_000;

const { container, port, region, key, identity, buckets } = JSON.parse(await text(process.stdin));

/** Runs a program in the server's container. @returns what it printed */
async function inside(program, input = "") {
    const child = spawn("docker", ["exec", "-i", container, ...program], { timeout: PATIENCE });
    const ended = new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
    child.stdin.on("error", () => undefined);
    child.stdin.write(input);
    const [printed, problem, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    if (code !== 0) throw new Error(`docker exec ${container} ${program[0]} ended with ${code}: ${problem.trim()}`);
    return printed;
}

/** @param target - path and query */
async function ask(method, target, body = "") {
    const host = `127.0.0.1:${port}`;
    const headers = signedHeaders({ method, host, target, body, key, region, at: new Date() });
    const lines = Object.entries({ ...headers, "content-length": Buffer.byteLength(body), connection: "close" });
    const head = [`${method} ${target} HTTP/1.1`, ...lines.map(([name, value]) => `${name}: ${value}`)];
    const printed = await inside(["nc", "127.0.0.1", String(port)], `${head.join("\r\n")}\r\n\r\n${body}`);
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(printed)?.[1]);
    if (!(status < 300)) {
        const said = /<Code>(\w+)<\/Code>/.exec(printed)?.[1] ?? "no answer that can be read";
        throw new Error(`${method} ${target} was answered ${status || "nothing"}: ${said}`);
    }
    return printed;
}

/** Sets a part of a bucket's configuration, or removes it. */
async function configure(bucket, part, value) {
    await (value === undefined ? ask("DELETE", `/${bucket}?${part}`) : ask("PUT", `/${bucket}?${part}`, value));
}

try {
    const found = [...(await ask("GET", "/")).matchAll(/<Name>([a-z0-9.-]+)<\/Name>/g)].map(([, name]) => name);
    for (const { name, policy, cors } of buckets) {
        if (!found.includes(name)) await ask("PUT", `/${name}`);
        await configure(name, "policy", policy && JSON.stringify(policy));
        await configure(name, "cors", cors);
    }
    for (const name of found.filter((one) => !buckets.some(({ name: declared }) => declared === one))) {
        await configure(name, "policy", undefined);
        await configure(name, "cors", undefined);
    }
    process.stdout.write(`identity=${(await inside(["cat", identity])).trim()}\n`);
} catch (error) {
    process.stderr.write(`${container}: ${error.message}\n`);
    process.exitCode = 1;
}

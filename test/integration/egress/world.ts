/** Stand-ins for the world outside: hosts that answer, and a name server that says what it was asked. They run on this machine. */

import { createSocket, type Socket } from "node:dgram";
import { createServer, type Server } from "node:net";
import { networkInterfaces } from "node:os";

/** An IPv4 address of this machine that containers with a way out reach: none of an engine's own bridges. */
export function ownAddress(): string {
    const found = Object.entries(networkInterfaces())
        .filter(([name]) => !/^(br-|docker|veth)/.test(name))
        .flatMap(([, addresses]) => addresses ?? [])
        .find(({ family, internal }) => family === "IPv4" && !internal);
    if (found === undefined) throw new Error("this machine has no network: nothing can stand for hosts outside");
    return found.address;
}

/** Milliseconds for which a host waits for a request after its greeting. */
const PATIENCE = 500;

/** A host that greets every connection, at a port of this machine. */
export class Host {
    private readonly server: Server;
    private heard: (request: string) => void = () => undefined;

    constructor(greeting: string) {
        this.server = createServer((socket) => {
            socket
                .on("error", () => undefined)
                .on("data", (request) => {
                    this.heard(request.toString("latin1"));
                    socket.destroy();
                });
            socket.write(`${greeting}\r\n`);
            setTimeout(() => socket.end(), PATIENCE);
        });
    }

    /** The next text that a client sends. The connection ends with it. */
    nextRequest(): Promise<string> {
        return new Promise((resolve) => {
            this.heard = resolve;
        });
    }

    listen(address: string, port: number): Promise<void> {
        return new Promise((resolve, reject) => {
            this.server.once("error", reject).listen(port, address, resolve);
        });
    }

    close(): void {
        this.server.close();
    }
}

/** Port of name servers. */
const DNS_PORT = 53;

/** A name server that knows a few names, and keeps every name that it is asked for. */
export class NameServer {
    public readonly asked = new Set<string>();
    private readonly socket: Socket = createSocket("udp4");

    /** @param addresses - by name */
    constructor(addresses: Readonly<Record<string, string>>) {
        this.socket.on("message", (query, { address, port }) => {
            const name = nameIn(query);
            this.asked.add(name);
            this.socket.send(answer(query, addresses[name]), port, address);
        });
    }

    listen(address: string): Promise<void> {
        return new Promise((resolve, reject) => {
            this.socket.once("error", reject).bind(DNS_PORT, address, resolve);
        });
    }

    close(): void {
        this.socket.close();
    }
}

const HEADER = 12;

/** The name that a query asks for. @see https://www.rfc-editor.org/rfc/rfc1035#section-4.1.2 */
function nameIn(query: Buffer): string {
    const labels: string[] = [];
    for (let at = HEADER; query[at]; at += query[at]! + 1) {
        labels.push(query.toString("latin1", at + 1, at + 1 + query[at]!));
    }
    return labels.join(".").toLowerCase();
}

/** One address for a question about addresses (type A), none for any other, NXDOMAIN for an unknown name. */
function answer(query: Buffer, address: string | undefined): Buffer {
    const end = query.indexOf(0, HEADER) + 5;
    const isAddress = query.readUInt16BE(end - 4) === 1;
    const header = Buffer.from(query.subarray(0, HEADER));
    header.writeUInt16BE(address === undefined ? 0x8183 : 0x8180, 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(address !== undefined && isAddress ? 1 : 0, 6);
    header.writeUInt32BE(0, 8);
    const question = query.subarray(HEADER, end);
    if (address === undefined || !isAddress) return Buffer.concat([header, question]);
    const record = Buffer.from([0xc0, HEADER, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...address.split(".").map(Number)]);
    return Buffer.concat([header, question, record]);
}

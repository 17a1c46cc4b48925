import { connect, type TLSSocket } from "node:tls";
import { connect as connectHttp2 } from "node:http2";
import { setTimeout as sleep } from "node:timers/promises";

import { type EdgeStand, sendRaw, statusOf } from "../../support/edge-stand";

/** Rate of the route: two a second, four at once. */
const LIMITED = "limited.example.com";
const BURST = 4;

/** Addresses of this machine that stand for others. */
const PROXY = "127.0.0.200";
const DIRECT = "127.0.0.201";

/** How many of some requests were let through. */
async function passed(
    stand: EdgeStand,
    count: number,
    from: string,
    forwardedFor: (index: number) => string[],
): Promise<number> {
    let through = 0;
    for (let index = 0; index < count; index++) {
        const lines = [`GET / HTTP/1.1`, `Host: ${LIMITED}`, "Connection: close"];
        const raw = await sendRaw(
            stand,
            LIMITED,
            [...lines, ...forwardedFor(index).map((it) => `X-Forwarded-For: ${it}`)],
            from,
        );
        const status = statusOf(raw);
        if (status !== 200 && status !== 429) throw new Error(`${LIMITED} answered ${raw}`);
        if (status === 200) through += 1;
    }
    return through;
}

/**
 * Rate limits count visitors.
 *
 * @param direct - an edge that trusts no proxy
 * @param behind - one that trusts 127.0.0.200
 */
export function limitTests(direct: () => EdgeStand, behind: () => EdgeStand): void {
    const ASKED = 30;
    /** More than this many of {@link ASKED} in a row means that somebody else's tokens were used. */
    const mostOf = (seconds: number): number => BURST + Math.ceil(2 * seconds) + 1;
    const timed = async (work: () => Promise<number>): Promise<{ through: number; seconds: number }> => {
        const started = Date.now();
        const through = await work();
        return { through, seconds: (Date.now() - started) / 1000 };
    };

    test("behind a trusted proxy, one visitor's flood does not stop another", async () => {
        const { through, seconds } = await timed(() => passed(behind(), ASKED, PROXY, () => ["198.51.100.1"]));
        expect(through).toBeLessThanOrEqual(mostOf(seconds));
        expect(through).toBeLessThan(ASKED);
        expect(await passed(behind(), BURST, PROXY, () => ["198.51.100.2"])).toBe(BURST);
        expect(await passed(behind(), BURST, PROXY, () => ["2001:db8:1::7"])).toBe(BURST);
    });

    test("a visitor does not choose whom he is counted as: what he sends stands before his own address", async () => {
        const forged = (index: number): string[] => [`203.0.113.${index}, 198.51.100.9`];
        const one = await timed(() => passed(behind(), ASKED, PROXY, forged));
        expect(one.through).toBeLessThanOrEqual(mostOf(one.seconds));
        // Two header lines are one list.
        const lines = (index: number): string[] => [`203.0.113.${index}`, "198.51.100.10"];
        const two = await timed(() => passed(behind(), ASKED, PROXY, lines));
        expect(two.through).toBeLessThanOrEqual(mostOf(two.seconds));
    });

    test("behind two trusted proxies, the visitor is the one before both", async () => {
        const twoHops = (visitor: string) => () => [`${visitor}, ${PROXY}`];
        const flood = await timed(() => passed(behind(), ASKED, PROXY, twoHops("198.51.100.21")));
        expect(flood.through).toBeLessThanOrEqual(mostOf(flood.seconds));
        expect(await passed(behind(), BURST, PROXY, twoHops("198.51.100.22"))).toBe(BURST);
    });

    test("who comes past the proxy is not believed, and does not take the others' share", async () => {
        const { through, seconds } = await timed(() => passed(behind(), ASKED, DIRECT, (it) => [`203.0.113.${it}`]));
        expect(through).toBeLessThanOrEqual(mostOf(seconds));
        expect(await passed(behind(), BURST, PROXY, () => ["198.51.100.31"])).toBe(BURST);
    });

    test("without a trusted proxy, addresses count and headers do not", async () => {
        const { through, seconds } = await timed(() =>
            passed(direct(), ASKED, "127.0.0.210", (it) => [`203.0.113.${it}`]),
        );
        expect(through).toBeLessThanOrEqual(mostOf(seconds));
        expect(await passed(direct(), BURST, "127.0.0.211", () => [])).toBe(BURST);
    });
}

/** A chunk of an upload, every so often. */
const PART = 64 * 1024;
const PAUSE = 250;

/** An upload ends when it is done, or when the time for a request is over. The stand gives it three seconds. */
export function uploadTests(stand: () => EdgeStand): void {
    const host = "stand.example.com";
    const received = (since: number): number[] =>
        stand()
            .seen.slice(since)
            .map(({ bytes }) => bytes);

    const uploadHttp1 = (parts: number): Promise<string> =>
        new Promise((resolve, reject) => {
            const { address, ports, authority } = stand();
            const socket: TLSSocket = connect({
                host: address,
                port: ports["https"] ?? 0,
                servername: host,
                ca: authority,
            });
            let text = "";
            socket.on("data", (chunk: Buffer) => (text += chunk.toString("latin1")));
            socket.on("close", () => resolve(text));
            socket.on("error", (error: Error) => (text === "" ? reject(error) : resolve(text)));
            socket.on("secureConnect", () => {
                socket.write(
                    `PUT /file HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\nContent-Length: ${parts * PART}\r\n\r\n`,
                );
                void (async () => {
                    for (let part = 0; part < parts && !socket.destroyed; part++) {
                        socket.write(Buffer.alloc(PART));
                        await sleep(PAUSE);
                    }
                })();
            });
        });

    const uploadHttp2 = (parts: number): Promise<number> => {
        const { address, ports, authority } = stand();
        const session = connectHttp2(`https://${host}:${ports["https"]}`, {
            ca: authority,
            servername: host,
            lookup: (_name, options, callback) => {
                if (options.all) callback(null, [{ address, family: 4 }]);
                else callback(null, address, 4);
            },
        });
        return new Promise<number>((resolve) => {
            const stream = session.request({
                ":path": "/file",
                ":method": "PUT",
                "content-length": String(parts * PART),
            });
            stream.on("response", (headers) => resolve(Number(headers[":status"])));
            stream.on("error", () => resolve(0));
            stream.on("close", () => resolve(0));
            stream.resume();
            void (async () => {
                for (let part = 0; part < parts && !stream.destroyed && stream.writable; part++) {
                    stream.write(Buffer.alloc(PART));
                    await sleep(PAUSE);
                }
                stream.end();
            })();
        }).finally(() => session.destroy());
    };

    test("a slow upload within the time arrives whole, over HTTP/1.1 and HTTP/2", async () => {
        const since = stand().seen.length;
        expect(statusOf(await uploadHttp1(6))).toBe(200);
        expect(await uploadHttp2(6)).toBe(200);
        expect(received(since)).toEqual([6 * PART, 6 * PART]);
    });

    test("one that takes longer is cut off, over HTTP/1.1 and HTTP/2: the time is the stack's", async () => {
        const since = stand().seen.length;
        expect(statusOf(await uploadHttp1(40))).not.toBe(200);
        expect(await uploadHttp2(40)).not.toBe(200);
        expect(received(since)).not.toContain(40 * PART);
    });

    test("an answer may take longer than a request", async () => {
        const answer = await sendRaw(
            stand(),
            host,
            ["GET /slow HTTP/1.1", `Host: ${host}`, "Connection: close"],
            undefined,
        );
        expect(statusOf(answer)).toBe(200);
        expect(answer).toContain("the end");
    });
}

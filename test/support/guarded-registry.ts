/** A registry that asks for a login, in front of a registry that does not. */

import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, request, type Server } from "node:http";
import { join } from "node:path";

const LOGIN = Buffer.from("reader:correct horse").toString("base64");

/** Passes requests with a login on to another registry on this machine's loopback address, and refuses all others. */
export class GuardedRegistry {
    /** Numbers of refused and of passed requests. */
    readonly answers = { refused: 0, served: 0 };
    private server: Server | undefined;

    /**
     * @param port - on 127.0.0.1
     * @param behind - port of the registry without a login
     */
    constructor(
        private readonly port: number,
        private readonly behind: number,
    ) {}

    async start(): Promise<void> {
        this.server = createServer((asked, answer) => {
            if (asked.headers.authorization !== `Basic ${LOGIN}`) {
                this.answers.refused += 1;
                answer.writeHead(401, {
                    "WWW-Authenticate": 'Basic realm="tests"',
                    "Content-Type": "application/json",
                });
                answer.end('{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}');
                return;
            }
            this.answers.served += 1;
            const { method, url, headers } = asked;
            const passed = request({ host: "127.0.0.1", port: this.behind, method, path: url, headers }, (found) => {
                answer.writeHead(found.statusCode ?? 502, found.headers);
                found.pipe(answer);
            });
            passed.on("error", () => answer.destroy());
            asked.pipe(passed);
        });
        await new Promise<void>((resolve) => this.server!.listen(this.port, "127.0.0.1", resolve));
    }

    async stop(): Promise<void> {
        this.server?.closeAllConnections();
        await new Promise((resolve) => this.server?.close(resolve) ?? resolve(undefined));
    }

    /** A folder for `DOCKER_CONFIG`, as `docker login` leaves it. @param isLoggedIn - at this registry, or only at another one */
    clientFolder(folder: string, isLoggedIn: boolean): string {
        const host = isLoggedIn ? `127.0.0.1:${this.port}` : "registry.example.com";
        const place = join(folder, isLoggedIn ? "logged-in" : "logged-out");
        mkdirSync(place, { recursive: true });
        writeFileSync(join(place, "config.json"), JSON.stringify({ auths: { [host]: { auth: LOGIN } } }));
        return place;
    }
}

/** A mirror on this machine's loopback address: a registry in a container, and a web server for the folder. */

import { createHash } from "node:crypto";
import { createReadStream, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, normalize } from "node:path";

import { LABEL } from "../../model/names";
import { eventually } from "./eventually";
import { imageOf } from "./images";
import { docker, networkOf, removeLabelled } from "./live-engine";

/** Label of the registry's container, so that a later run of the tests removes leftovers of this one. */
const ENVIRONMENT = "test-mirror-registry";

/** An empty mirror for tests to fill. */
export class MirrorStand {
    /** The folder that the web server serves. */
    public readonly folder: string;
    /** Host, port and path prefix of the registry. */
    public readonly registry: string;
    private readonly root = mkdtempSync(join(tmpdir(), "strata-mirror-"));
    private server: Server | undefined;

    /** @param port - of the registry on 127.0.0.1, where engines accept plain http; the web server has the next port */
    constructor(public readonly port: number) {
        this.folder = join(this.root, "files");
        this.registry = `127.0.0.1:${port}/strata`;
    }

    async start(): Promise<void> {
        await removeLabelled(ENVIRONMENT);
        const images = join(this.root, "images");
        mkdirSync(this.folder);
        mkdirSync(images);
        await docker([
            ...["run", "--detach", `--label=${LABEL.environment}=${ENVIRONMENT}`, await networkOf(ENVIRONMENT)],
            ...[`--publish=127.0.0.1:${this.port}:5000`, `--volume=${images}:/images`],
            ...[`--user=${process.getuid!()}:${process.getgid!()}`, await imageOf("crane")],
            ...["registry", "serve", "--address=:5000", "--disk=/images"],
        ]);
        await eventually("the registry answers", async () => {
            const answer = await fetch(`http://127.0.0.1:${this.port}/v2/`).catch(() => undefined);
            return answer?.ok === true;
        });
        await this.serve();
    }

    /** Serves the folder, as any web server would. */
    async serve(): Promise<void> {
        this.server = createServer((request, response) => {
            const file = join(this.folder, normalize(request.url ?? "/"));
            if (!statSync(file, { throwIfNoEntry: false })?.isFile()) response.writeHead(404).end();
            else createReadStream(file).pipe(response);
        });
        await new Promise<void>((resolve) => this.server!.listen(this.port + 1, "127.0.0.1", resolve));
    }

    /** The mirror's address and digest, as a stack's file names them. */
    address(): { readonly url: string; readonly sha256: string } {
        const text = readFileSync(join(this.folder, "mirror.json"));
        const { port } = this.server!.address() as AddressInfo;
        return { url: `http://127.0.0.1:${port}`, sha256: createHash("sha256").update(text).digest("hex") };
    }

    /** Stops the web server; the registry stays. */
    async silence(): Promise<void> {
        this.server?.closeAllConnections();
        await new Promise((resolve) => this.server?.close(resolve) ?? resolve(undefined));
    }

    async remove(): Promise<void> {
        if (this.server?.listening) await this.silence();
        await removeLabelled(ENVIRONMENT);
        rmSync(this.root, { recursive: true, force: true });
    }
}

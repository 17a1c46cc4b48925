import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

import type { OfflineContext } from "./step";

/**
 * The source of this machine's Debian packages, as its own apt says. The project names no mirror, proxy or certificate. It works
 * wherever `apt-get update` works, except with a mirror that asks for a login or signs with its own key.
 */
export interface DebianSource {
    /** One-line sources (`deb <uri> <suite> main`) of a release with its updates and security fixes. */
    readonly lines: readonly string[];
    /** apt options for a process on this machine, such as `Acquire::http::Proxy "…"`. */
    readonly options: readonly string[];
}

/** Folder of a build context with the files that `base/install-packages` reads. */
const MACHINE_FOLDER = ".machine";

const CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt";

/** The options that decide whether a mirror can be reached. All other options of the machine's apt are left out. */
const TRANSPORT = /^Acquire::(?:https?|Check-Valid-Until|Check-Date|Max-ValidTime|Retries|ForceIPv[46])\b/i;

/** Options whose value is a program or a file of this machine. */
const LOCAL_PATH = /Auto-?Detect|::(?:CaInfo|CaPath|CrlFile|IssuerCert|SslCert|SslKey)\b/i;

/** @throws Error when apt is missing or knows no Debian mirror */
export async function readDebianSource(context: OfflineContext, release: string): Promise<DebianSource> {
    const targets = await apt(context, "apt-get", [
        "indextargets",
        "--format",
        "$(REPO_URI) $(RELEASE) $(ORIGIN)",
        "Created-By: Packages",
        "Component: main",
    ]);
    const debian = targets
        .map((line) => line.split(" "))
        .map(([uri = "", suite = "", origin = ""]) => ({ uri, suite, origin }))
        // The origin is known after `apt-get update`; before that, the address decides.
        .filter(({ uri, origin }) => origin === "Debian" || (origin === "" && /debian/i.test(uri)));
    const archive = debian.find(({ suite }) => !suite.includes("-"));
    const security = debian.find(({ suite }) => suite.endsWith("-security"));
    if (archive === undefined) {
        throw new Error(
            `apt knows no Debian mirror (${String(targets.length)} package lists, none of Debian's main archive): ` +
                "the images need a machine whose `apt-get update` reads one",
        );
    }
    const lines = [`deb ${archive.uri} ${release} main`, `deb ${archive.uri} ${release}-updates main`];
    if (security !== undefined) {
        lines.push(`deb ${security.uri} ${release}-security main`);
    }
    const options = (await apt(context, "apt-config", ["dump"])).filter((line) => TRANSPORT.test(line));
    return { lines, options: options.map((line) => line.replace(/;$/, "")) };
}

/**
 * Writes the source into a build context, in the form that `base/install-packages` reads. Only build stages copy it, and they are
 * removed; the final images contain none of it.
 */
export async function writeMachineFolder(source: DebianSource, contextFolder: string): Promise<void> {
    const folder = join(contextFolder, MACHINE_FOLDER);
    const inside = `/${MACHINE_FOLDER}`;
    await mkdir(folder);
    const options = source.options.filter((option) => !LOCAL_PATH.test(option));
    options.push(`Dir::Etc::sourcelist "${inside}/sources.list"`, 'Dir::Etc::sourceparts "-"');
    if (existsSync(CERTIFICATES)) {
        await copyFile(CERTIFICATES, join(folder, "certificates.crt"));
        options.push(`Acquire::https::CaInfo "${inside}/certificates.crt"`);
    }
    await writeFile(join(folder, "apt.conf"), options.map((option) => `${option};\n`).join(""));
    await writeFile(join(folder, "sources.list"), `${source.lines.join("\n")}\n`);
}

async function apt(context: OfflineContext, command: string, parameters: string[]): Promise<string[]> {
    const { stdout } = await promisify(execFile)(command, parameters, { env: context.environment });
    return stdout.split("\n").filter((line) => line !== "");
}

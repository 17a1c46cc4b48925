import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { compile, compileProgress } from "../../../offline/build/go";
import { withModuleCopies } from "../../../offline/build/module-copies";

let folder: string;
const write = (name: string, content: string, mode = 0o644): void => {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    chmodSync(file, mode);
};
/** An environment in which `go` is the given script. */
const withGo = (script: string): NodeJS.ProcessEnv => {
    write("bin/go", `#!/bin/sh\n${script}\n`, 0o755);
    return { PATH: `${join(folder, "bin")}:${process.env["PATH"] ?? ""}` };
};

beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "strata-compile-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("a compilation", () => {
    const compileWith = async (script: string): Promise<string[]> => {
        const said: string[] = [];
        const environment = withGo(script);
        await compile({
            step: "image-example",
            flags: ["-trimpath"],
            packages: ["."],
            output: join(folder, "example"),
            cwd: folder,
            environment,
            logFile: join(folder, "log"),
            log: (line) => said.push(line),
        });
        return said;
    };

    test("says how many modules it downloads and which package of how many it compiles, never the last download", async () => {
        const said = await compileWith(
            `case $1 in
list) echo "go: downloading example.com/a v1.0.0" >&2; echo "go: downloading example.com/b v1.0.0" >&2; echo a; echo b/v2; echo main;;
build) echo a >&2; echo b/v2 >&2; echo main >&2;;
esac`,
        );
        expect(said[0]).toBe("looking for what has to be compiled");
        expect(said).toContain("downloading modules: 2");
        const compiling = said.slice(said.indexOf("compiling: 0 of 3 packages"));
        expect(compiling).toEqual([
            "compiling: 0 of 3 packages",
            "compiling: 1 of 3 packages",
            "compiling: 2 of 3 packages",
            "linking",
        ]);
    });

    test("lists with the flags it builds with, or the count would be that of another build", async () => {
        await compileWith(`echo "$@" >> ${join(folder, "calls")}`);
        const [list, build] = readFileSync(join(folder, "calls"), "utf8").split("\n");
        expect(list).toBe("list -trimpath -deps -f {{if .Stale}}{{.ImportPath}}{{end}} .");
        expect(build).toBe(`build -v -trimpath -o ${join(folder, "example")} .`);
    });

    test("that fails keeps the compiler's words", async () => {
        await expect(compileWith(`[ $1 = list ] || { echo "main.go:3: undefined: x" >&2; exit 1; }`)).rejects.toThrow(
            "main.go:3: undefined: x",
        );
    });

    test("counts packages, not the compiler's other words", () => {
        const progress = compileProgress(2);
        expect([
            progress(),
            progress("go: downloading x v1"),
            progress("# a/b"),
            progress("golang.org/x/net/http2"),
        ]).toEqual([...Array<string>(3).fill("compiling: 0 of 2 packages"), "compiling: 1 of 2 packages"]);
    });
});

describe("copies of modules", () => {
    const sum = "h1:right";
    const goServing = (served: string): NodeJS.ProcessEnv =>
        withGo(`[ "$*" = "mod download -json example.com/big@v1.2.3" ] || exit 9
echo '{"Dir": "${join(folder, "cache")}", "Sum": "${served}"}'`);
    const sources = (environment: NodeJS.ProcessEnv) => ({
        folder: join(folder, "image"),
        copies: { "modules/big": { module: "example.com/big@v1.2.3", sum } },
        scratch: join(folder, "scratch"),
        environment,
    });
    beforeEach(() => {
        // As in Go's module cache: nothing is writable.
        write("cache/go.mod", "module example.com/big", 0o444);
        write("cache/list/vendors.go", "hundreds", 0o444);
        write("cache/list/vendors_test.go", "tests", 0o444);
        chmodSync(join(folder, "cache/list"), 0o555);
        write("image/go.mod", "replace example.com/big => ./modules/big");
        write("image/modules/big/list/vendors.go", "four");
    });
    afterEach(() => chmodSync(join(folder, "cache/list"), 0o755));

    test("have our files in place of the module's own, and all others", async () => {
        const seen = await withModuleCopies(sources(goServing(sum)), (at) =>
            Promise.resolve(
                ["go.mod", "modules/big/go.mod", "modules/big/list/vendors.go"].map((file) =>
                    readFileSync(join(at, file), "utf8"),
                ),
            ),
        );
        expect(seen).toEqual(["replace example.com/big => ./modules/big", "module example.com/big", "four"]);
    });

    test("are gone after the build, and after one that failed or was interrupted", async () => {
        write("scratch/modules/big/list/vendors.go", "left over from an interrupted build", 0o444);
        await withModuleCopies(sources(goServing(sum)), (at) => {
            expect(readFileSync(join(at, "modules/big/list/vendors.go"), "utf8")).toBe("four");
            return Promise.resolve();
        });
        expect(existsSync(join(folder, "scratch"))).toBe(false);
        const failing = withModuleCopies(sources(goServing(sum)), () => Promise.reject(new Error("broken")));
        await expect(failing).rejects.toThrow("broken");
        expect(existsSync(join(folder, "scratch"))).toBe(false);
    });

    test("are refused when the proxy serves other content", async () => {
        const work = jest.fn();
        await expect(withModuleCopies(sources(goServing("h1:other")), work)).rejects.toThrow(
            "example.com/big@v1.2.3 has the checksum h1:other, not h1:right",
        );
        expect(work).not.toHaveBeenCalled();
    });
});

import { foreignProbe } from "../../../cli/commands/verify";
import { isProbeForeign, probeFrom, readAnswers } from "../../../engine/probe";
import { answering, engineOf } from "../../support/recorded-engine";
import { containers } from "../verify/platform";

const options = { environment: "t", image: "probe:1", timeout: 500 };
const [source] = containers;

describe("probeFrom", () => {
    test("asks each address once, in one container that has the source's network and nothing else", async () => {
        const { engine, calls } = answering(1, '{"address":"10.0.0.1:1","protocol":"tcp","verdict":"silent"}\n');
        const result = await probeFrom(engine, source!, ["10.0.0.1:1", "http://10.0.0.1:2/", "10.0.0.1:1"], options);
        expect(result).toEqual({ answers: new Map([["10.0.0.1:1", { verdict: "silent" }]]) });
        expect(calls).toHaveLength(1);
        expect(calls[0]).toEqual(
            expect.arrayContaining([
                "--rm",
                "--network=container:id-of-edge",
                "--label=strata.environment=t",
                "--label=strata.role=probe",
                "--cap-drop=ALL",
                "--security-opt=no-new-privileges:true",
                "--read-only",
                "--user=65532:65532",
            ]),
        );
        expect(calls[0]?.slice(-5)).toEqual([
            "probe:1",
            "connect",
            "--timeout=500ms",
            "10.0.0.1:1",
            "http://10.0.0.1:2/",
        ]);
    });

    test("a container that could not be started is a problem, not an answer", async () => {
        const { engine } = answering(125, "", "docker: something\nError: no such image");
        expect(await probeFrom(engine, source!, ["10.0.0.1:1"], options)).toEqual({
            problem: "the probe in t-edge ended with 125: Error: no such image",
        });
    });

    test("a probe that printed nothing is a problem, whatever its exit code", async () => {
        expect(await probeFrom(answering(0, "").engine, source!, ["10.0.0.1:1"], options)).toHaveProperty("problem");
    });
});

test("a probe that takes too long is a problem that says so", async () => {
    const late = engineOf(() => Promise.resolve({ code: 137, stdout: "", stderr: "", isLate: true }));
    expect(await probeFrom(late, source!, ["10.0.0.1:1"], options)).toEqual({
        problem: "the probe in t-edge ended with 137: it took too long",
    });
});

describe("a probe for another processor", () => {
    test.each([
        ["a current engine", 255, "exec /usr/local/bin/probe: exec format error"],
        ["an older one", 1, "standard_init_linux.go:228: exec user process caused: exec format error"],
    ])("is told by what %s says", async (_, code, said) => {
        const { engine, calls } = answering(code, "", said);
        expect(await isProbeForeign(engine, "probe:1")).toBe(true);
        expect(calls[0]).toEqual(expect.arrayContaining(["--rm", "--network=none", "--pull=never", "probe:1"]));
    });

    test.each([
        ["a probe that runs", 1, '{"address":"127.0.0.1:1","verdict":"refused"}', ""],
        ["an engine that has no such image", 125, "", "Error: No such image: probe:1"],
    ])("is not %s", async (_, code, stdout, stderr) => {
        expect(await isProbeForeign(answering(code, stdout, stderr).engine, "probe:1")).toBe(false);
    });

    test("ends verify with one line: which image, which engine, what to do", () => {
        expect(foreignProbe("mirror.example/probe:made-here-0123456789ab", "arm64")).toMatchObject({
            exitCode: 2,
            message:
                "the probe mirror.example/probe:made-here-0123456789ab is for another processor than the engine's (arm64): nothing was looked at",
            next: expect.stringContaining("fill the mirror") as string,
        });
    });
});

test("readAnswers leaves out what is no answer", () => {
    const text = 'noise\n{"address":"http://a/","verdict":"open","status":403}\n{"address":"b:1","verdict":"refu';
    expect(readAnswers(text)).toEqual(new Map([["http://a/", { verdict: "open", status: 403 }]]));
});

import { type Docker, probeFrom, readAnswers } from "../../../verify/engine";
import { containers } from "./platform";

const options = { environment: "t", image: "probe:1", timeout: 500 };
const [source] = containers;

function answering(code: number, stdout: string, stderr = ""): { docker: Docker; calls: string[][] } {
    const calls: string[][] = [];
    const docker: Docker = (args) => {
        calls.push([...args]);
        return Promise.resolve({ code, stdout, stderr });
    };
    return { docker, calls };
}

describe("probeFrom", () => {
    test("asks each address once, in one container that has the source's network and nothing else", async () => {
        const { docker, calls } = answering(1, '{"address":"10.0.0.1:1","protocol":"tcp","verdict":"silent"}\n');
        const result = await probeFrom(docker, source!, ["10.0.0.1:1", "http://10.0.0.1:2/", "10.0.0.1:1"], options);
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
        const { docker } = answering(125, "", "docker: something\nError: no such image");
        expect(await probeFrom(docker, source!, ["10.0.0.1:1"], options)).toEqual({
            problem: "the probe in t-edge ended with 125: Error: no such image",
        });
    });

    test("a probe that printed nothing is a problem, whatever its exit code", async () => {
        expect(await probeFrom(answering(0, "").docker, source!, ["10.0.0.1:1"], options)).toHaveProperty("problem");
    });
});

test("readAnswers leaves out what is no answer", () => {
    const text = 'noise\n{"address":"http://a/","verdict":"open","status":403}\n{"address":"b:1","verdict":"refu';
    expect(readAnswers(text)).toEqual(new Map([["http://a/", { verdict: "open", status: 403 }]]));
});

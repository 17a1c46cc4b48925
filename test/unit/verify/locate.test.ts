import type { Docker, Ended } from "../../../engine/client";
import { locate } from "../../../verify/locate";

const options = { image: "probe:1" };
const answer = (number: number, root: string, places = [{ device: "8:1", root, type: "ext4" }]): string =>
    JSON.stringify({ path: `/m/${number}`, kind: "folder", places });

/** An engine that does not start a container with one of these paths. */
function engine(...missing: string[]): { docker: Docker; calls: string[][] } {
    const calls: string[][] = [];
    const docker: Docker = (args) => {
        calls.push([...args]);
        const paths = args.flatMap((arg) => /^--mount=type=bind,source=([^,]+),/.exec(arg)?.[1] ?? []);
        const isRefused = paths.some((path) => missing.includes(path));
        const stdout = paths.map((path, number) => answer(number, `/real${path}`)).join("\n");
        return Promise.resolve({ code: isRefused ? 125 : 0, stdout: isRefused ? "" : stdout, stderr: "" });
    };
    return { docker, calls };
}

test("each path is mounted read-only, once, into a container without network and rights", async () => {
    const { docker, calls } = engine();
    const places = await locate(docker, ["/a", "/b", "/a", "", "pipe"], options);
    expect([...places.keys()]).toEqual(["/a", "/b"]);
    expect(places.get("/b")).toEqual({ kind: "folder", places: [{ device: "8:1", root: "/real/b", type: "ext4" }] });
    expect(calls).toHaveLength(1);
    expect(calls[0]).toEqual([
        ...["run", "--rm", "--network=none", "--pull=never", "--log-driver=none", "--memory=64m"],
        ...["--cap-drop=ALL", "--security-opt=no-new-privileges:true", "--read-only", "--user=65532:65532"],
        "--label=strata.role=probe",
        ...["--mount=type=bind,source=/a,target=/m/0,readonly", "--mount=type=bind,source=/b,target=/m/1,readonly"],
        ...["probe:1", "mounts", "/m/0", "/m/1"],
    ]);
});

test("paths that cannot be mounted are left out, and all others are followed", async () => {
    const paths = Array.from({ length: 250 }, (_, number) => `/p${number}`);
    const { docker } = engine("/p3", "/p249");
    const places = await locate(docker, paths, options);
    expect(paths.filter((path) => !places.has(path))).toEqual(["/p3", "/p249"]);
    expect(places.get("/p248")?.places[0]?.root).toBe("/real/p248");
});

test("a path at which nothing is mounted after all, and what is no answer, are left out", async () => {
    const stdout = `noise\n${answer(0, "", [])}\n${answer(1, "/x")}\n{"path":"/m/2"`;
    const docker: Docker = () => Promise.resolve({ code: 1, stdout, stderr: "" });
    expect([...(await locate(docker, ["/a", "/b", "/c"], options)).keys()]).toEqual(["/b"]);
});

test("a path with a comma or a quote is one path", async () => {
    const { docker, calls } = engine();
    await locate(docker, ['/a,target=/x "b"'], options);
    expect(calls[0]).toContain('--mount=type=bind,"source=/a,target=/x ""b""",target=/m/0,readonly');
});

test.each<[string, Ended]>([
    ["takes too long", { code: 137, stdout: "", stderr: "", isLate: true }],
    ["cannot be started", { code: 127, stdout: "", stderr: "" }],
])("a client that %s is not asked again", async (_, ended) => {
    const calls: string[][] = [];
    const docker: Docker = (args) => {
        calls.push([...args]);
        return Promise.resolve(ended);
    };
    expect((await locate(docker, ["/a", "/b"], options)).size).toBe(0);
    expect(calls).toHaveLength(1);
});

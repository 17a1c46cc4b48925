import { Progress } from "../../../cli/output/progress";

function recorder(options: { isTTY?: boolean; columns?: number } = {}) {
    const written: string[] = [];
    return { ...options, write: (text: string) => void written.push(text), written };
}

test("a step without a terminal is one plain line with its time", async () => {
    const sink = recorder();
    const result = await new Progress(sink).step("image-redis", () => Promise.resolve(42));
    expect(result).toBe(42);
    expect(sink.written).toEqual([expect.stringMatching(/^✓ image-redis {2}0\.\d s\n$/)]);
});

test("a failed step is marked and its error goes on", async () => {
    const sink = recorder();
    const failing = new Progress(sink).step("image-redis", () => Promise.reject(new Error("no space left")));
    await expect(failing).rejects.toThrow("no space left");
    expect(sink.written).toEqual([expect.stringMatching(/^✗ image-redis {2}0\.\d s\n$/)]);
});

test("a wait without a terminal is repeated as a plain line after the interval, not before", () => {
    jest.useFakeTimers();
    const sink = recorder();
    const progress = new Progress(sink, { plainInterval: 10_000 });
    progress.wait(() => "waiting for health of local-vault");
    jest.advanceTimersByTime(9_000);
    expect(sink.written).toEqual([]);
    jest.advanceTimersByTime(12_000);
    progress.settle();
    jest.advanceTimersByTime(60_000);
    jest.useRealTimers();
    expect(sink.written).toEqual(Array(2).fill("… waiting for health of local-vault\n"));
});

test("at a terminal the live line is cut to the width and removed before a finished line is printed", () => {
    const sink = recorder({ isTTY: true, columns: 20 });
    const progress = new Progress(sink, { color: false, live: true });
    progress.wait(() => "waiting for health of local-vault");
    progress.line("✓", "network local-vault-net created", 2345);
    progress.settle();
    expect(sink.written.filter((text) => text !== "\r\x1b[2K")).toEqual([
        "… waiting for heal…",
        "✓ network local-vault-net created  2.3 s\n",
        "… waiting for heal…",
    ]);
    expect(sink.written[sink.written.indexOf("✓ network local-vault-net created  2.3 s\n") - 1]).toBe("\r\x1b[2K");
    expect(sink.written.at(-1)).toBe("\r\x1b[2K");
});

test("colour is an option of its own, and quiet prints nothing at all", () => {
    const colored = recorder();
    new Progress(colored, { color: true }).line("✗", "vault");
    expect(colored.written).toEqual(["\x1b[31m✗\x1b[0m vault\n"]);

    const quiet = recorder({ isTTY: true });
    const progress = new Progress(quiet, { quiet: true });
    progress.wait(() => "waiting");
    progress.line("✓", "done");
    progress.print("text");
    progress.settle();
    expect(quiet.written).toEqual([]);
});

test("a step that says nothing for long is not shown with what it said long ago", async () => {
    jest.useFakeTimers();
    const sink = recorder();
    const progress = new Progress(sink, { plainInterval: 15_000 });
    const step = progress.step("plugin-docker", async (say) => {
        say("go: downloading cel.dev/expr v0.25.2");
        await jest.advanceTimersByTimeAsync(50_000);
        say("linking");
        await jest.advanceTimersByTimeAsync(15_000);
    });
    await step;
    jest.useRealTimers();
    expect(sink.written.slice(0, -1)).toEqual([
        "… plugin-docker  15.0 s  go: downloading cel.dev/expr v0.25.2\n",
        "… plugin-docker  30.0 s  at work; said nothing for 30.0 s\n",
        "… plugin-docker  45.0 s  at work; said nothing for 45.0 s\n",
        "… plugin-docker  1 min 00 s  linking\n",
    ]);
});

test("steps that run beside each other share the live line, and each ends with a line of its own", async () => {
    const sink = recorder({ isTTY: true, columns: 80 });
    const progress = new Progress(sink, { color: false, live: true });
    let endFirst = (): void => undefined;
    const first = progress.step("image-base", () => new Promise<void>((resolve) => (endFirst = resolve)));
    await progress.step("plugin-docker", (say) => Promise.resolve(say("linking")));
    endFirst();
    await first;
    const seen = sink.written.filter((text) => text !== "\r\x1b[2K").map((text) => text.replace(/\d\.\d s/g, "0 s"));
    expect(seen).toEqual([
        "… image-base  0 s",
        "… image-base  0 s · plugin-docker  0 s",
        "… image-base  0 s",
        "✓ plugin-docker  0 s\n",
        "… image-base  0 s",
        "✓ image-base  0 s\n",
    ]);
});

test("without a terminal, steps that run beside each other are repeated one by one", async () => {
    jest.useFakeTimers();
    const sink = recorder();
    const progress = new Progress(sink, { plainInterval: 10_000 });
    const run = (name: string, milliseconds: number): Promise<void> =>
        progress.step(name, () => new Promise((resolve) => setTimeout(resolve, milliseconds)));
    const both = Promise.all([run("image-base", 15_000), run("toolchain-pulumi", 25_000)]);
    await jest.advanceTimersByTimeAsync(30_000);
    await both;
    jest.useRealTimers();
    expect(sink.written).toEqual([
        "… image-base  10.0 s\n",
        "… toolchain-pulumi  10.0 s\n",
        "✓ image-base  15.0 s\n",
        "… toolchain-pulumi  20.0 s\n",
        "✓ toolchain-pulumi  25.0 s\n",
    ]);
});

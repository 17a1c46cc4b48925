import { BackgroundWait } from "../../support/background-wait";

const wait = (within: number): BackgroundWait<string> => new BackgroundWait("it is there", { within, every: 1 });

test("goes on until there is something, whenever somebody asks", async () => {
    const found = wait(10_000);
    let looks = 0;
    found.begin(() => Promise.resolve(++looks === 3 ? "found" : undefined));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await found.end()).toBe("found");
    expect(looks).toBe(3);
});

test("fails whoever asks with the first error, and nobody else", async () => {
    const failed = wait(10_000);
    let looks = 0;
    failed.begin(() => Promise.reject(new Error(`look ${++looks}`)));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await expect(failed.end()).rejects.toThrow("look 1");
    expect(looks).toBe(1);
});

test("ends when its time is over, or when it is stopped", async () => {
    const late = wait(5);
    late.begin(() => Promise.resolve(undefined));
    await expect(late.end()).rejects.toThrow("not within 0.005 s: it is there");

    const stopped = wait(60_000);
    stopped.begin(() => Promise.resolve(undefined));
    await stopped.stop();
    await expect(stopped.end()).rejects.toThrow("it is there");
});

test("says so when nobody has begun", async () => {
    const never = wait(5);
    await never.stop();
    await expect(never.end()).rejects.toThrow("nobody began to wait: it is there");
});

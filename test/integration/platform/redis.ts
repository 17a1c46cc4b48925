import { besideApi } from "./live";

/** Runs `redis-cli` as psra's API would; `$0` is the file with its URL. Errors are answers too. */
export async function redis(script: string): Promise<string> {
    const line = `${script} 2>&1 | grep -v '^Warning: Using a password'`;
    const { stdout, stderr } = await besideApi("psra-redis", line, "redis");
    return `${stdout}${stderr}`.trim();
}

/** Logins and what each may touch. */
export function redisTests(): void {
    test("refuses whoever does not log in", async () => {
        expect(await redis("redis-cli -h psra-redis ping")).toBe("NOAUTH Authentication required.");
        expect(await redis("redis-cli -h psra-redis --user default --pass x ping")).toContain("WRONGPASS");
    });

    test("lets a user touch its own keys and no others, and no command that ignores keys", async () => {
        expect(await redis('redis-cli -u "$(cat "$0")" set api:marker kept')).toBe("OK");
        for (const command of [
            "set engine:x 1",
            "get engine:x",
            "keys '*'",
            "flushall",
            "config get dir",
            "acl list",
            "swapdb 0 1",
        ]) {
            expect(`${command}: ${await redis(`redis-cli -u "$(cat "$0")" ${command}`)}`).toContain("NOPERM");
        }
        expect(await redis('redis-cli -u "$(cat "$0")" publish engine:events x')).toContain("NOPERM");
        expect(await redis('redis-cli -u "$(cat "$0")" get api:marker')).toBe("kept");
    });
}

import { aclLine } from "../../../components/foundation/redis/acl";
import { inspect, run } from "../../support/live-engine";
import { asClient, ENV, of } from "./live";

/** Runs `redis-cli` as psra's API would; `$0` is the file with its URL. Errors are answers too. */
export async function redis(script: string): Promise<string> {
    const line = `${script} 2>&1 | grep -v '^Warning: Using a password'`;
    const { stdout, stderr } = await asClient("psra-api", "psra-redis", line);
    return `${stdout}${stderr}`.trim();
}

/** One command per line to the server, as psra's engine: the other client. @returns the answers */
async function asEngine(commands: readonly string[]): Promise<string[]> {
    const script = 'exec redis-cli --no-auth-warning -u "$(cat "$0")" 2>&1';
    const { stdout } = await asClient("psra-engine", "psra-redis", script, `${commands.join("\n")}\n`);
    return answers(stdout);
}

function answers(printed: string): string[] {
    return printed.split("\n").filter((line) => line !== "");
}

/** What would show a client the keys, channels, connections or code of another, or change them. */
const HELD = [
    ...["set engine:x 1", "get engine:x", "exists engine:x", "rename engine:x api:x", "copy engine:x api:x"],
    ...["keys api:*", "scan 0", "randomkey", "dbsize", "flushdb", "flushall", "swapdb 0 1", "move api:x 1"],
    ...[
        "sort api:x by engine:*",
        "restore api:x 0 x",
        "migrate h 1 api:x 0 1",
        "dump engine:x",
        "object freq engine:x",
    ],
    ...["function load x", "function flush", "function list", "fcall f 0", "eval return(1) 0", "evalsha x 0"],
    ...["script load x", "script flush", "script kill", "script exists x"],
    ...["pubsub channels", "pubsub numsub", "publish engine:events x", "psubscribe *", "subscribe engine:events"],
    ...["client list", "client kill id 1", "client pause 1", "client tracking on bcast", "client unblock 1"],
    ...["config get dir", "acl list", "acl whoami", "monitor", "slowlog get", "latency latest", "module list"],
    ...["wait 1 1", "memory stats", "bgsave", "lastsave", "role", "replicaof no one", "cluster info", "shutdown"],
];

/** What drivers, queues and session stores send. */
const USED = [
    ...["ping", "hello 2", "select 0", "client setname api", "client setinfo lib-name x", "client id", "info server"],
    ...["command count", "time", "set api:k 1", "setex api:k 9 1", "get api:k", "incr api:n", "expire api:k 9"],
    ...["ttl api:k", "type api:k", "del api:k", "unlink api:n", "hset api:h a 1", "sadd api:s 1", "zadd api:z 1 m"],
    ...["lpush api:l 1", "brpop api:l 1", "bzpopmin api:z 1", "xadd api:x * a 1", "xgroup create api:x g 0"],
    ...["xreadgroup group g c count 1 streams api:x >", "publish api:events x", "multi", "set api:m 1", "exec"],
    ...["del api:h api:s api:x api:m"],
];

/** Logins and what each may touch. */
export function redisTests(): void {
    test("refuses whoever does not log in", async () => {
        expect(await redis("redis-cli -h psra-redis ping")).toBe("NOAUTH Authentication required.");
        expect(await redis("redis-cli -h psra-redis --user default --pass x ping")).toContain("WRONGPASS");
    });

    test("lets a user touch its own keys and no others, and no command that ignores keys", async () => {
        expect(await redis('redis-cli -u "$(cat "$0")" set api:marker kept')).toBe("OK");
        // One connection for each: some of these would leave it in another state, if they were allowed.
        const line = (command: string): string => `redis-cli -u "$(cat "$0")" ${command.replace(/[*()]/g, "\\$&")}`;
        const printed = await redis(`{ ${HELD.map((command) => `echo "# ${command}"; ${line(command)};`).join(" ")} }`);
        const refused = new Map(
            printed
                .split(/^# /m)
                .slice(1)
                .map((part) => {
                    const [command = "", ...answer] = part.split("\n");
                    return [command, answer.join(" ").trim()] as const;
                }),
        );
        expect([...refused.keys()]).toEqual(HELD);
        expect([...refused].filter(([, answer]) => !/\bNOPERM\b/.test(answer))).toEqual([]);
        expect(await redis('redis-cli -u "$(cat "$0")" get api:marker')).toBe("kept");
    });

    test("lets a user do what drivers and queues do", async () => {
        const input = USED.map((command) => `echo ${JSON.stringify(command)};`).join(" ");
        const printed = await redis(`{ ${input} } | redis-cli -u "$(cat "$0")"`);
        expect(printed).toMatch(/^PONG\n/);
        expect(printed).not.toMatch(/NOPERM|ERR/);
    });

    test("keeps two clients apart", async () => {
        expect(await redis('redis-cli -u "$(cat "$0")" set api:shared mine')).toBe("OK");
        const said = await asEngine([
            "get api:shared",
            "set api:shared stolen",
            "del api:shared",
            "set engine:own 1",
            "get engine:own",
            "function load replace x",
            "scan 0",
        ]);
        expect(said.map((answer) => (answer.includes("NOPERM") ? "NOPERM" : answer))).toEqual([
            ...["NOPERM", "NOPERM", "NOPERM"],
            ...["OK", "1"],
            ...["NOPERM", "NOPERM"],
        ]);
        expect(await redis('redis-cli -u "$(cat "$0")" get api:shared')).toBe("mine");
    });

    test("holds scripts to the keys, channels and commands of the user that runs them", async () => {
        // No product in this stack declares scripts, so a server of the same image gets two users who do.
        const user = (name: string) => aclLine({ name, keyPrefix: `${name}:`, client: name, scripts: true }, name);
        const as = (name: string, ...words: readonly string[]): string =>
            `redis-cli --no-auth-warning --user ${name} --pass ${name} ${words.map((word) => `'${word}'`).join(" ")} 2>&1`;
        const script = [
            `printf '%s\\n' 'user default off' '${user("one")}' '${user("two")}' > /tmp/users.acl`,
            "redis-server --save '' --dir /tmp --aclfile /tmp/users.acl >/dev/null &",
            "until redis-cli ping 2>&1 | grep -q NOAUTH; do sleep 0.1; done",
            as("two", "set", "two:k", "theirs"),
            as("one", "eval", 'return redis.call("set", KEYS[1], "1")', "1", "one:k"),
            as("one", "eval", 'return redis.call("get", KEYS[1])', "1", "two:k"),
            as("one", "eval", 'return redis.call("get", "two:k")', "0"),
            as("one", "eval", 'return redis.call("get", "two:" .. ARGV[1])', "1", "one:k", "k"),
            as("one", "eval", 'return redis.call("randomkey")', "0"),
            as("one", "eval", 'return redis.call("scan", "0")', "0"),
            as("one", "eval", 'return redis.call("publish", "two:c", "x")', "0"),
            as("one", "script", "flush"),
            as("one", "function", "flush"),
            as("two", "get", "two:k"),
        ];
        const { Config } = await inspect(of("psra-redis"));
        const { stdout, stderr } = await run("docker", [
            ...["run", "--rm", "--network=none", "--cap-drop=ALL", "--user=20001:20001", "--tmpfs=/tmp:uid=20001"],
            ...[`--label=strata.environment=${ENV}`, "--label=strata.role=test"],
            ...["--entrypoint=sh", Config.Image, "-c", script.join("\n")],
        ]);
        const said = answers(stdout).filter((line) => line.trim() !== "" && !line.startsWith("script:"));
        const short = said.map((line) => (/NOPERM|ACL failure/.test(line) ? "refused" : line));
        expect([short, stderr]).toEqual([["OK", "OK", ...Array.from({ length: 8 }, () => "refused"), "theirs"], ""]);
    });
}

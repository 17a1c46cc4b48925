import { aclLine } from "../../../components/foundation/redis/acl";

const user = { name: "api", keyPrefix: "api:", client: "psra-api" };
const rights = (line: string): string[] => line.split(" ").slice(4);

test("a user has its own keys and channels, and the hash of its password", () => {
    const line = aclLine(user, "secret");
    expect(line).toMatch(/^user api on #[0-9a-f]{64} ~api:\* &api:\* -@all /);
    expect(line).not.toContain("secret");
    expect(line.match(/[~&%]/g)).toEqual(["~", "&"]);
});

test("everything is refused that is not named", () => {
    const [first, ...rest] = rights(aclLine(user, "secret")).slice(2);
    expect(first).toBe("-@all");
    const lastRefusal = rest.findLastIndex((right) => right.startsWith("-"));
    // What is refused comes after the categories that hold it, and what is added after that is single commands.
    expect(rest.slice(0, lastRefusal).every((right) => /^[+-]@[a-z]+$/.test(right))).toBe(true);
    expect(rest.slice(lastRefusal + 1).every((right) => /^\+[a-z_]+(\|[a-z-]+)?$/.test(right))).toBe(true);
    const categories = rest.filter((right) => right.startsWith("+@"));
    for (const open of ["all", "read", "write", "keyspace", "connection", "scripting", "pubsub", "fast", "slow"]) {
        expect(categories).not.toContain(`+@${open}`);
    }
});

test("commands that show or touch what is others' are not among the rights, whoever runs scripts", () => {
    const all = rights(aclLine({ ...user, scripts: true }, "secret"));
    for (const command of [
        ...["scan", "keys", "randomkey", "dbsize", "move", "swapdb", "flushdb", "sort", "restore", "migrate"],
        ...["function", "fcall", "script", "script|flush", "script|kill", "pubsub", "client", "client|list"],
        ...["client|tracking", "client|kill", "wait", "monitor", "config", "acl", "debug", "memory"],
    ]) {
        expect(all).not.toContain(`+${command}`);
    }
});

test("only who declares it may run scripts", () => {
    const scripts = ["+eval", "+eval_ro", "+evalsha", "+evalsha_ro", "+script|load", "+script|exists"];
    const plain = rights(aclLine(user, "secret"));
    expect(plain.filter((right) => scripts.includes(right))).toEqual([]);
    expect(rights(aclLine({ ...user, scripts: true }, "secret"))).toEqual([...plain, ...scripts]);
});

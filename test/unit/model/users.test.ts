import type { KindName } from "../../../components/kinds";
import { usersOf } from "../../../model/users";

const service = (name: string, kind: KindName = "application", sidecarOf?: string) => ({
    name,
    kind,
    ...(sidecarOf && { sidecarOf }),
});

test("each service has a number of its own, away from those of images and people and below 65536", () => {
    const names = Array.from({ length: 400 }, (_, index) => `service-${index}`);
    const users = usersOf(
        "local",
        names.map((name) => service(name)),
    );
    expect(Object.keys(users).sort()).toEqual([...names].sort());
    expect(new Set(Object.values(users)).size).toBe(400);
    expect(Object.values(users).every((user) => user >= 20_000 && user < 60_000)).toBe(true);
});

test("an agent is its application's user, wherever it stands in the list", () => {
    const agent = service("psra-api-agent", "vault-agent", "psra-api");
    for (const services of [
        [agent, service("psra-api")],
        [service("psra-api"), agent],
    ]) {
        const users = usersOf("local", services);
        expect(users["psra-api-agent"]).toBe(users["psra-api"]);
    }
});

test("Postgres and Vault are their images' users", () => {
    const users = usersOf("local", [service("db", "postgres"), service("vault", "vault"), service("cache", "redis")]);
    expect(Object.keys(users)).toEqual(["cache"]);
});

test("a number depends on environment and name, and on nothing else", () => {
    const api = service("psra-api");
    const { "psra-api": alone } = usersOf("local", [api]);
    expect(usersOf("local", [service("edge", "edge"), api, service("another")])["psra-api"]).toBe(alone);
    expect(usersOf("staging", [api])["psra-api"]).not.toBe(alone);
});

test("two names with one number: the first name in the alphabet keeps it, in whatever order they start", () => {
    const pair = collidingPair("local");
    const [first, second] = pair;
    const alone = usersOf("local", [service(first)])[first];
    expect(usersOf("local", [service(second)])[second]).toBe(alone);
    const together = usersOf("local", [service(second), service(first)]);
    expect(together).toEqual(usersOf("local", [service(first), service(second)]));
    expect(together[first]).toBe(alone);
    expect(together[second]).not.toBe(alone);
});

function collidingPair(environment: string): readonly [string, string] {
    const seen = new Map<number, string>();
    for (let index = 0; ; index++) {
        const name = `service-${String(index).padStart(5, "0")}`;
        const user = usersOf(environment, [service(name)])[name]!;
        const earlier = seen.get(user);
        if (earlier !== undefined) {
            return [earlier, name];
        }
        seen.set(user, name);
    }
}

import type { RunningContainer } from "../../../engine/containers";
import { advice, troubleLine } from "../../../cli/engine/evidence";

const of = (change: Partial<RunningContainer>) =>
    advice(
        {
            name: "local-psra-web",
            service: "psra-web",
            state: "running",
            health: "healthy",
            ...change,
        } as RunningContainer,
        "local",
    );

test.each([
    [{ state: "paused" }, "docker unpause local-psra-web, then npm run up"],
    [{ state: "paused", health: "unhealthy" }, "docker unpause local-psra-web, then npm run up"],
    [
        { health: "unhealthy" },
        "npm run logs -- psra-web; if nothing there explains it, start it anew: docker restart local-psra-web",
    ],
    [{ health: "starting" }, "it takes long to start: npm run logs -- psra-web; later npm run status"],
    [{ state: "restarting" }, "it ends as soon as it starts: npm run logs -- psra-web"],
    [{ state: "exited" }, "npm run up starts it; why it ended: npm run logs -- psra-web"],
    [{ state: "dead" }, "npm run up starts it; why it ended: npm run logs -- psra-web"],
    [{ state: "created" }, "npm run up starts it; why it ended: npm run logs -- psra-web"],
])("the advice for %j fits it", (change, text) => expect(of(change)).toBe(text));

test.each([
    [{ healthOutput: "connection refused" }, "last line", "connection refused"],
    [
        { healthOutput: "" },
        "strata: strata:vault.seal.pgpKeys is refused",
        "strata: strata:vault.seal.pgpKeys is refused",
    ],
    [{ healthOutput: "" }, "", "it has written no log"],
    [{ health: "starting", state: "restarting", healthOutput: "old" }, "exit 1", "exit 1"],
])("what is the matter with a container is never empty: %j with the log %j", (change, lastLine, why) => {
    const container = { name: "local-vault", state: "running", health: "unhealthy", restarts: 2, ...change };
    expect(troubleLine(container as RunningContainer, lastLine)).toMatch(
        new RegExp(`^local-vault is [a-z]+, restarted 2 times: ${why}$`),
    );
});

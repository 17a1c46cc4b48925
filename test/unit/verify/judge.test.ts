import { addressOf, type Cell, type Expectation, HOST, OUTSIDE, OUTSIDE_NAME, planCells } from "../../../verify/cells";
import type { Answer, Answers, Observed } from "../../../engine/probe";
import { judge } from "../../../verify/judge";
import { nextOf } from "../../../cli/commands/verify";
import { describeReport, type Finding, makeReport, type Verdict } from "../../../verify/report";
import { containers, platform } from "./platform";

const cells = planCells(platform, containers, { addresses: [], ports: [22] });

/** Answers as a platform gives them that is exactly as declared. */
function asDeclared(cell: Cell): Answer {
    const answers: Record<Expectation, Answer> = {
        must: { verdict: "open" },
        may: { verdict: "open" },
        "must not": { verdict: "unreachable" },
        forbidden: { verdict: "open", status: 403 },
        control: { verdict: "open" },
        decoy: { verdict: "unreachable" },
        heard: { verdict: "unresolved" },
        unheard: { verdict: "failed" },
    };
    if (cell.protocol === "dns" && cell.expectation === "control") return { verdict: "resolved" };
    return answers[cell.expectation];
}

/** @param change - what is different; `undefined` leaves an answer as declared */
function judged(
    change: (cell: Cell) => Answer | undefined = () => undefined,
    problems: Readonly<Record<string, string>> = {},
) {
    const sources = new Map<string, Answers>();
    for (const { name } of containers) {
        const own = cells.filter(({ container }) => container === name);
        const answers = new Map(own.map((cell) => [addressOf(cell), change(cell) ?? asDeclared(cell)]));
        const problem = problems[name];
        sources.set(name, problem === undefined ? { answers } : { problem });
    }
    return makeReport({ environment: "t", engine: "unix:///t.sock" }, judge(cells, sources), [], 1000);
}

function is(from: string, to: string, port: number, expectation?: Expectation): (cell: Cell) => boolean {
    return (cell) =>
        cell.from === from &&
        cell.to === to &&
        cell.port === port &&
        (expectation ?? cell.expectation) === cell.expectation;
}

const answering =
    (match: (cell: Cell) => boolean, verdict: Observed, status?: number) =>
    (cell: Cell): Answer | undefined =>
        match(cell) ? { verdict, status } : undefined;

test("what could not be told has a next step, and so has what somebody did by hand, once", () => {
    const of = (verdict: Verdict, sources: number, findings: readonly Finding[] = []) =>
        nextOf({ ...judged(), environment: "staging", verdict, sources, findings });
    expect(of("could not tell", 0)).toEqual(["npm run up -- --stack staging, then try it again"]);
    expect(of("could not tell", 3)).toEqual(["npm run status -- --stack staging"]);
    expect(of("broken", 3)).toEqual([]);
    expect(of("holds", 3)).toEqual([]);
    const finding = { verdict: "broken", subject: "a", text: "a reaches b" } as const;
    const next = "docker network disconnect n a";
    expect(of("broken", 3, [finding, { ...finding, next }, { ...finding, next }])).toEqual([next]);
});

test("an environment of which nothing runs is one line", () => {
    const text = "nothing of t runs: nothing is known about its 4 services";
    const nothing: Finding = { verdict: "could not tell", subject: "t", text };
    const report = makeReport({ environment: "t", engine: "unix:///e" }, [], [nothing], 5);
    expect(describeReport(report)).toEqual([`isolation of t on unix:///e: could not tell: ${text}`]);
});

test("what nobody could be asked about is said beside a verdict that holds", () => {
    const unasked = "addresses of the engine's machine, which is another one, besides the zones' gateways";
    const of = (more: { readonly unasked?: string }) =>
        makeReport({ environment: "t", engine: "ssh://a", ...more }, judged().cells, [], 5);
    expect(of({ unasked }).verdict).toBe("holds");
    expect(describeReport(of({ unasked }))).toContain(`  not asked: ${unasked}`);
    expect(describeReport(of({})).join("\n")).not.toContain("not asked");
});

test("what is only noted is listed last and decides nothing", () => {
    const noted: Finding = { verdict: "noted", subject: "agent", text: "agent can get at every volume" };
    const unsure: Finding = { verdict: "could not tell", subject: "x", text: "x mounts /y" };
    const cells = judged().cells;
    const of = (...findings: Finding[]) => makeReport({ environment: "t", engine: "unix:///e" }, cells, findings, 5);
    expect([of(noted).verdict, of(noted, unsure).verdict]).toEqual(["holds", "could not tell"]);
    expect(of(noted, unsure).findings).toEqual([unsure, noted]);
    expect(describeReport(of(noted))[0]).toBe("isolation of t on unix:///e: holds, with 1 noted");
});

describe("judge", () => {
    test("a platform as declared holds, and every cell is counted", () => {
        const report = judged();
        expect(report.findings).toEqual([]);
        expect(report.verdict).toBe("holds");
        expect(report.sources).toBe(4);
        expect(report.pairs).toBe(12);
        expect(report.counts).toEqual({
            must: 2,
            may: 4,
            "must not": 34,
            forbidden: 1,
            control: 12,
            decoy: 29,
            heard: 1,
            unheard: 3,
        });
        expect(report.cells).toHaveLength(86);
    });

    test.each<Observed>(["open", "refused"])("an undeclared target that is %s is broken", (observed) => {
        const report = judged(answering(is("club-db", "shop-cache", 6379), observed));
        expect(report.verdict).toBe("broken");
        expect(report.findings).toEqual([
            {
                verdict: "broken",
                subject: "club-db",
                text: `club-db -> shop-cache port 6379 (172.29.2.4 in shop-db-net): no flow is declared, and it is ${observed}`,
            },
        ]);
    });

    test.each<Observed>(["silent", "unreachable"])("an undeclared target that is %s holds", (observed) => {
        expect(judged(answering(is("club-db", "shop-cache", 6379), observed)).verdict).toBe("holds");
    });

    test("an answer that an address which nobody has gives as well is not the target's", () => {
        const outside = (cell: Cell): boolean =>
            cell.from === "edge" && cell.zone === "club-db-net" && cell.port === 5432;
        const report = judged(answering(outside, "open"));
        expect(report.findings).toEqual([]);
        expect(describeReport(report)[2]).toBe(
            "  1 cells hold: another network of this machine has the zone's addresses: an address that no container has answers, too",
        );
        // It does not show that the target listens either.
        const dead = (cell: Cell): boolean => cell.expectation === "control" && cell.from === "club-db";
        const unlistened = judged((cell) =>
            outside(cell) ? { verdict: "open" } : dead(cell) ? { verdict: "silent" } : undefined,
        );
        expect(unlistened.findings.map(({ text }) => text)).toContain(
            "shop-api -> club-db port 5432 (172.29.3.2 in club-db-net): unreachable, but no source found the target listening",
        );
        // What answers one source proves nothing about another one, and one port nothing about another.
        const reached = is("shop-api", "club-db", 5432);
        expect(
            judged((cell) => (outside(cell) || reached(cell) ? { verdict: "open" } : undefined)).findings,
        ).toHaveLength(1);
        const other = (cell: Cell): boolean =>
            cell.from === "edge" && cell.zone === "club-db-net" && cell.expectation === "must not";
        const decoy = (cell: Cell): boolean => cell.expectation === "decoy" && cell.port === 22;
        const mixed = judged((cell) => (other(cell) || decoy(cell) ? { verdict: "open" } : undefined));
        expect(mixed.findings.map(({ text }) => text)).toEqual([
            "edge -> club-db port 5432 (172.29.3.2 in club-db-net): no flow is declared, and it is open",
        ]);
    });

    test("the machine must not answer on the gateway of an internal zone", () => {
        const gateway = (cell: Cell): boolean =>
            cell.to === HOST && cell.from === "shop-api" && cell.zone === "shop-web-net";
        const report = judged(answering(gateway, "refused"));
        expect(report.findings.map(({ text }) => text)).toEqual([
            "shop-api -> host port 22 (172.29.1.1 in shop-web-net): no flow is declared, and it is refused",
        ]);
    });

    test("a declared flow that does not connect is broken when both ends work", () => {
        const report = judged(answering(is("edge", "shop-api", 8000, "must"), "silent"));
        // The edge still reaches nobody else it may talk to, so its silence proves nothing either.
        expect(report.verdict).toBe("could not tell");
        const severed = judged((cell) =>
            is("shop-api", "shop-cache", 6379)(cell) ? { verdict: "silent" } : undefined,
        );
        expect(severed.findings).toEqual([
            {
                verdict: "broken",
                subject: "shop-api",
                text: "shop-api -> shop-cache port 6379 (172.29.2.4 in shop-db-net): declared, but silent",
            },
        ]);
    });

    test("silence proves nothing when the source reaches none of those it may reach", () => {
        const report = judged((cell) =>
            cell.from === "shop-cache" && cell.expectation === "may" ? { verdict: "silent" } : undefined,
        );
        expect(report.verdict).toBe("could not tell");
        expect(new Set(report.findings.map(({ subject }) => subject))).toEqual(new Set(["shop-cache"]));
        expect(report.findings[0]?.text).toBe(
            "shop-cache -> edge port 8080 (172.29.0.2 in edge-net): unreachable, but the source reached no service, not even one that it may reach",
        );
    });

    test("silence proves nothing when nobody finds the target listening", () => {
        const report = judged((cell) => (cell.to === "club-db" ? { verdict: "silent" } : undefined));
        expect(report.verdict).toBe("could not tell");
        expect(report.findings.map(({ text }) => text)).toContain(
            "edge -> club-db port 5432 (172.29.3.2 in club-db-net): silent, but no source found the target listening",
        );
    });

    test("a service that may talk to nobody has its own port as its control", () => {
        const alone = is("club-db", "club-db", 5432);
        expect(judged().findings.filter(({ subject }) => subject === "club-db")).toEqual([]);
        const report = judged(answering(alone, "refused"));
        expect(report.findings.some(({ text }) => text.startsWith("club-db -> edge port 8080"))).toBe(true);
        expect(report.verdict).toBe("could not tell");
    });

    test("an attempt that failed or was never made could not be told", () => {
        const one = judged(answering(is("club-db", "shop-cache", 6379), "failed"));
        expect(one.findings.map(({ verdict, text }) => `${verdict}: ${text}`)).toEqual([
            "could not tell: club-db -> shop-cache port 6379 (172.29.2.4 in shop-db-net): the attempt itself failed",
        ]);
        const source = judged(undefined, { "t-club-db": "no such image" });
        expect(source.verdict).toBe("could not tell");
        const own = cells.filter(({ from }) => from === "club-db");
        // Its port was its own only control, so nobody else's silence about it counts either.
        expect(source.findings.filter(({ text }) => text.endsWith("no such image"))).toHaveLength(own.length);
    });

    test.each([
        [200, "broken"],
        [302, "broken"],
        [404, "broken"],
        [403, "holds"],
    ])("a management page that answers %d: %s", (status, verdict) => {
        const report = judged(answering(is("shop-api", "edge", 9000, "forbidden"), "open", status));
        expect(report.verdict).toBe(verdict);
    });

    test("a management page that cannot be connected to holds, one that says nothing could not be told", () => {
        const page = is("shop-api", "edge", 9000, "forbidden");
        expect(judged(answering(page, "refused")).verdict).toBe("holds");
        expect(judged(answering(page, "silent")).verdict).toBe("could not tell");
    });

    test("broken is worse than could not tell and comes first", () => {
        const report = judged((cell) => {
            if (is("edge", "shop-cache", 6379)(cell)) return { verdict: "failed" };
            return is("club-db", "shop-cache", 6379)(cell) ? { verdict: "open" } : undefined;
        });
        expect(report.verdict).toBe("broken");
        expect(report.findings.map(({ verdict }) => verdict)).toEqual(["broken", "could not tell"]);
    });

    test("nothing asked is nothing known", () => {
        expect(makeReport({ environment: "t", engine: "unix:///t.sock" }, [], [], 0).verdict).toBe("could not tell");
    });
});

test("the report says what the verdict rests on", () => {
    const lines = describeReport(judged(answering(is("club-db", "shop-cache", 6379), "open")));
    expect(lines).toEqual([
        "isolation of t on unix:///t.sock: broken",
        "  4 containers, 12 ordered pairs, 86 cells in 1.0 s: 2 declared flows, 4 within them, 34 undeclared, 1 management pages, 3 outside names, 42 controls",
        "  broken: club-db -> shop-cache port 6379 (172.29.2.4 in shop-db-net): no flow is declared, and it is open",
    ]);
});

describe("names", () => {
    const outside = (from: string) => (cell: Cell) => cell.from === from && cell.to === OUTSIDE;
    const own = (from: string) => (cell: Cell) => cell.from === from && cell.protocol === "dns" && cell.to === from;
    const verdicts = (report: ReturnType<typeof judged>) =>
        report.cells.filter(({ to }) => to === OUTSIDE).map(({ from, verdict }) => `${from}: ${verdict}`);

    test.each<Observed>(["resolved", "unresolved"])(
        "an outside name that is %s inside has left the zones",
        (observed) => {
            const report = judged(answering(outside("shop-cache"), observed));
            expect(report.verdict).toBe("broken");
            expect(report.findings).toEqual([
                {
                    verdict: "broken",
                    subject: "shop-cache",
                    text: `shop-cache -> name ${OUTSIDE_NAME}: a name server outside its zones heard of it and answered (${observed})`,
                },
            ]);
        },
    );

    test("silence means nothing when the engine answers no name at all", () => {
        const report = judged(answering(own("club-db"), "failed"));
        expect(report.findings.map(({ verdict, text }) => `${verdict}: ${text}`)).toEqual([
            "could not tell: club-db -> name club-db: the engine does not answer for its own name (failed)",
            `could not tell: club-db -> name ${OUTSIDE_NAME}: no answer, but the engine did not answer for the source's own name either`,
        ]);
    });

    test("silence means nothing where nobody finds a name server, unless the containers' own setting says why", () => {
        const nobody = answering(outside("edge"), "failed");
        expect(verdicts(judged(nobody))).toEqual([
            "edge: holds",
            "shop-api: holds",
            "shop-cache: holds",
            "club-db: holds",
        ]);
        expect(describeReport(judged(nobody)).join("\n")).toContain(
            "3 cells hold: judged by the container's own setting",
        );
        const unset = judge(
            cells.map((cell) => (cell.from === "club-db" ? { ...cell, nameServers: [] } : cell)),
            new Map(
                containers.map(({ name }) => [
                    name,
                    {
                        answers: new Map(
                            cells
                                .filter(({ container }) => container === name)
                                .map((cell) => [addressOf(cell), nobody(cell) ?? asDeclared(cell)]),
                        ),
                    },
                ]),
            ),
        );
        expect(
            unset.filter(({ to, from }) => to === OUTSIDE && from === "club-db").map(({ verdict }) => verdict),
        ).toEqual(["could not tell"]);
    });

    test("a source that cannot be probed leaves them open", () => {
        expect(verdicts(judged(undefined, { "t-club-db": "no probe" }))).toContain("club-db: could not tell");
    });
});

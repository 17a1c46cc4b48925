import { LAYERS } from "../../../components/layers";
import { meetingZone, serviceMeetingZone } from "../../../model/meeting-zone";
import type { Zone } from "../../../model/platform";
import { configOf } from "./fixtures";

const config = configOf({ addressBase: "10.120" });
const psra = { product: "psra" };
const temporal = { suffix: "temporal-net", quarter: 1 };

test("an owner meets a guest in a quarter of the addresses that belong to its own zone", () => {
    const draft = { config, zones: [zone("psra-web-net", "web", 13), zone("psra-net", "app", 3)] };
    expect(meetingZone(draft, psra, temporal, false)).toEqual({
        zone: {
            name: "psra-temporal-net",
            product: "psra",
            tier: "app",
            subnet: "10.120.203.64/26",
            gateway: "10.120.203.65",
            internal: true,
            peers: false,
        },
    });
});

test.each([
    ["above 55", [zone("psra-net", "app", 56)], "56", "choose a smaller number"],
    ["missing", [zone("other-net", "app", 3, "other")], "missing", "declare one"],
])("an owner whose own zone is %s is a problem", (_what, zones, value, next) => {
    expect(meetingZone({ config, zones }, psra, temporal, false)).toEqual({
        problem: expect.objectContaining({ value, next: `${next} in products/psra.ts` }) as unknown,
    });
});

test("a service meets a guest alone, in a part of its owner's quarter", () => {
    const draft = { config, zones: [zone("psra-net", "app", 3)] };
    const parts = [0, 7].map((part) => serviceMeetingZone(draft, { ...psra, name: "psra-api" }, temporal, part));
    const same = { name: "psra-api-temporal-net", product: "psra", tier: "app", internal: true, peers: false };
    expect(parts).toEqual([
        { zone: { ...same, subnet: "10.120.203.64/29", gateway: "10.120.203.65" } },
        { zone: { ...same, subnet: "10.120.203.120/29", gateway: "10.120.203.121" } },
    ]);
});

test("no two layers have the same quarter or name", () => {
    const meetings = LAYERS.flatMap(({ meetings = [] }) => meetings);
    expect(new Set(meetings.map(({ quarter }) => quarter)).size).toBe(meetings.length);
    expect(new Set(meetings.map(({ suffix }) => suffix)).size).toBe(meetings.length);
});

function zone(name: string, tier: Zone["tier"], octet: number, product = "psra"): Zone {
    return {
        ...{ name, product, tier, internal: true, peers: false },
        ...{ subnet: `10.120.${octet}.0/24`, gateway: `10.120.${octet}.1` },
    };
}

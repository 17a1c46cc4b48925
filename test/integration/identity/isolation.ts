import { counting, verifyIsolation } from "../../../verify";
import { imageOf } from "../../support/images";
import { inspect, testEngine } from "../../support/live-engine";
import { of, platform } from "./live";

/** Who reaches whom, by address, from inside the containers. */
export function isolationTests(): void {
    test("every pair of containers can do what was declared, and no more", async () => {
        const report = await verifyIsolation({
            platform,
            probeImage: await imageOf("probe"),
            engine: testEngine,
        });
        expect(counting(report)).toEqual([]);
        expect(report.verdict).toBe("holds");
        expect(report.counts.must).toBe(platform.flows.length);
    });

    test("only Vault finds the edge under the issuer's name, in the zone that is theirs alone", async () => {
        const { NetworkSettings } = await inspect(of("edge"));
        const networks = NetworkSettings.Networks as Readonly<Record<string, { Aliases?: string[] | null }>>;
        const named = Object.entries(networks)
            .filter(([, { Aliases }]) => Aliases?.includes(platform.realm!.host))
            .map(([network]) => network);
        expect(named).toEqual([of("vault-net")]);
    });
}

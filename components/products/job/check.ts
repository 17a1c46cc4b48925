import { suggestion } from "../../../model/nearest";
import type { Problem } from "../../../model/problems";
import { quoted } from "../../../model/schema/quoted";
import type { Place } from "../../kind";
import type { JobDeclaration } from "./kind";

/** Roles, by the names that authors write. Kinds are not imported: their list imports this one. */
const APPLICATION = "application";
const JOB = "job";

/** Problems of a job: its image, its zones, and the services that wait for it. */
export function checkJob(job: JobDeclaration, { product, name, services }: Place): Problem[] {
    const key = `${product}/${name}`;
    const next = `correct it in products/${product}.ts`;
    const others = (kinds: readonly string[]): string[] =>
        Object.keys(services).filter((other) => other !== name && kinds.includes(services[other]!.kind));
    const { of, image, zones, before = [] } = job;
    const applications = others([APPLICATION]);
    const waiting = others([APPLICATION, JOB]);
    return [
        ...((of === undefined) === (image === undefined)
            ? [
                  {
                      key: `${key} image`,
                      value: of === undefined ? "missing" : `${quoted(image!)}, and of: ${quoted(of)}`,
                      accepted: "either `image`, or `of` with the application whose image the job runs",
                      next,
                  },
              ]
            : []),
        ...(of !== undefined && !applications.includes(of)
            ? [unknown(`${key} of`, of, `an application of ${product}`, applications, next)]
            : []),
        ...(zones.includes("web")
            ? [
                  {
                      key: `${key} zones`,
                      value: zones.join(", "),
                      accepted: "app, data: a job serves no requests, so it has no place beside the edge",
                      next,
                  },
              ]
            : []),
        ...before
            .filter((other) => !waiting.includes(other))
            .map((other) =>
                unknown(`${key} before`, other, `an application or another job of ${product}`, waiting, next),
            ),
    ];
}

function unknown(key: string, value: string, accepted: string, known: readonly string[], next: string): Problem {
    return {
        key,
        value: quoted(value),
        accepted: `${accepted}: ${known.join(", ") || "there is none"}`,
        next: `${suggestion(value, known)}${next}`,
    };
}

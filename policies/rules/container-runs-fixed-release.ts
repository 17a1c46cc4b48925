import { kindBehind } from "../../components/kinds";
import { LABEL } from "../../model/names";
import { CONTAINER, isOneShot, label } from "../lib/docker";
import { isAmong } from "../../model/environments";
import { isMadeSomewhere } from "../../model/made-here";
import { resourceRule, type Settings } from "../lib/rule";
import type { Subject } from "../lib/subject";

/** Images that were made on a machine of ours run whatever release could be made there: `offline/images`. */
function isOurs(image: string): boolean {
    return isMadeSomewhere(image) || image.startsWith("sha256:");
}

/** What stands in front of people's logins has no hole that is known (requirement B7). */
export const containerRunsFixedRelease = resourceRule({
    name: "container-runs-fixed-release",
    description: "Programs whose older releases are known to let strangers in run in a release that does not.",
    severity: "critical",
    types: [CONTAINER],
    settings: {
        madeHere: {
            type: "array",
            items: { type: "string" },
            default: [],
            description:
                "Environments that may run images made on their own machine, in whatever release that is; test-* stands for all that begin with test-.",
        },
    },
    clauses: [fixed],
});

/** One-shots are not looked at: nothing reaches them (`one-shot-runs-alone`), and they would repeat what is said of a service. */
function* fixed({ properties }: Subject, settings: Settings): Iterable<string> {
    const image = properties.text("image") ?? "";
    const [, repository = "", tag = ""] = /^(?:.*\/)?([^/:@]+)(?::([^@]*))?(?:@.*)?$/.exec(image) ?? [];
    // A mirror may call the image anything, and an id has no name at all: the service is asked first.
    const kind = kindBehind(label(properties, LABEL.service), repository);
    const first = kind?.fixedRelease;
    if (first === undefined || isOneShot(properties)) {
        return;
    }
    const needed = `${kind!.image} ${first.join(".")}`;
    if (isOurs(image)) {
        if (!isAmong(label(properties, LABEL.environment), settings["madeHere"])) {
            yield `its image was made on some machine, in a release that nobody can tell; use a published one of ${needed} or later (strata:mirror brings it where no registry can be reached), or accept it in policies/configuration.json: the environment among \`madeHere\` of this rule`;
        }
        return;
    }
    const [, version, rest = ""] = /^v?(\d+\.\d+\.\d+)(.*)$/.exec(tag) ?? [];
    if (version === undefined) {
        yield `its tag does not say which release it is; name one of ${needed} or later, with its digest`;
    } else if (isBefore(version.split(".").map(Number), first, BUILD.test(rest))) {
        yield `that release lets strangers in; use ${needed} or later`;
    }
}

/** What a tag may add to a release without being another one. Anything else counts as a pre-release, such as `-rc1`. */
const BUILD = /^(-(alpine[\d.]*|distroless|slim|amd64|arm64))*$/;

/** @param isReleased - whether it is that release, and not one that came before it */
function isBefore(release: readonly number[], first: readonly number[], isReleased: boolean): boolean {
    const difference = first.map((part, index) => (release[index] ?? 0) - part).find((it) => it !== 0);
    return difference === undefined ? !isReleased : difference < 0;
}

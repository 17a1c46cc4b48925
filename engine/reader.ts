/** Asks one engine: lists its objects, looks at them, and explains why it does not answer. */

import { LABEL } from "../model/names";
import { chooseEngine, type EngineChoice, surroundings } from "./choice";
import { type Docker, dockerClient, type Ended, lastWords, saysGone } from "./client";
import { EngineError } from "./error";
import { readHost } from "./host";
import { type EngineInfo, type EngineVersion, identityOf, readVersion, VERSION_FORMAT } from "./info";
import { explainSilence, type Silence } from "./silence";

/** An engine that takes longer is as good as one that does not answer. */
const ANSWER_MILLISECONDS = 10_000;

/** One engine, and what it says about itself. */
export class EngineReader {
    /**
     * @param env - environment of the docker client, as `clientEnvironment` makes it
     * @param choice - the engine that it chooses, and why
     * @param docker - runs the docker client; never throws
     */
    constructor(
        private readonly env: NodeJS.ProcessEnv,
        readonly choice: EngineChoice = chooseEngine({}, surroundings(env)),
        readonly docker: Docker = dockerClient(env),
    ) {}

    /** Version of the server, or `undefined` when it does not answer. */
    async version(): Promise<EngineVersion | undefined> {
        const answer = await this.answer();
        return "silence" in answer ? undefined : answer;
    }

    /** Version of the server, or why it does not answer. */
    async answer(): Promise<EngineVersion | { readonly silence: Silence }> {
        const asked = await this.docker(["version", "--format", VERSION_FORMAT], ANSWER_MILLISECONDS);
        const version = asked.code === 0 ? readVersion(asked.stdout) : undefined;
        return version ?? { silence: explainSilence(this.choice, asked, readHost(this.choice, this.env)) };
    }

    /** An error that says why the engine does not answer. */
    silent(silence: Silence): EngineError {
        return new EngineError(silence.value, silence.next);
    }

    /** `docker info`, or `undefined` when it is not told. */
    async info(): Promise<EngineInfo | undefined> {
        const asked = await this.docker(["info", "--format", "{{json .}}"], ANSWER_MILLISECONDS);
        return asked.code === 0 ? (JSON.parse(asked.stdout) as EngineInfo) : undefined;
    }

    /** What tells the engine from others: see {@link identityOf}. */
    async identity(): Promise<string | undefined> {
        return identityOf(await this.info());
    }

    /**
     * Lines that a call of the docker client prints.
     *
     * @param environment - only objects of this environment. @default those of everybody
     * @throws EngineError when the call fails
     */
    async list(command: readonly string[], environment?: string): Promise<string[]> {
        const own = environment === undefined ? [] : ["--filter", `label=${LABEL.environment}=${environment}`];
        const asked = await this.docker([...command, ...own]);
        if (asked.code !== 0) throw await this.failed(asked);
        return asked.stdout.split("\n").filter(Boolean);
    }

    /**
     * What `docker inspect` says of objects of a kind. What disappeared since its id was listed is left out.
     *
     * @throws EngineError when the call fails
     */
    async inspect<T>(kind: string, ids: readonly string[]): Promise<T[]> {
        if (ids.length === 0) return [];
        const asked = await this.docker([kind, "inspect", ...ids]);
        // What could be inspected is on standard output also when something else has disappeared.
        if (asked.code !== 0 && !saysGone(asked.stderr)) throw await this.failed(asked);
        return JSON.parse(asked.stdout || "[]") as T[];
    }

    /** A call that failed although the engine answers is the call's fault, and says so in the client's words. */
    private async failed(asked: Ended): Promise<EngineError> {
        const answer = await this.answer();
        if ("silence" in answer) return this.silent(answer.silence);
        return new EngineError(`the Docker engine refused: ${lastWords(asked)}`, "run: npm run doctor");
    }
}

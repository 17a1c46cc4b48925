export { Orchestration } from "./orchestration";

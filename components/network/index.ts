export { Network } from "./network";

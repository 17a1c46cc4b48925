export { verifyIsolation, type VerifyOptions } from "./isolation";
export { counting, describeReport, type Finding, type IsolationReport, type JudgedCell, type Verdict } from "./report";

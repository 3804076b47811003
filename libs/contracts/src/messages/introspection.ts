import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';

/** A resource server asks whether a token is alive (RFC 7662 over NATS). */
export class IntrospectionRequest {
  @IsString() @MaxLength(16_384) readonly token: string;
  @IsOptional() @IsIn(['access_token', 'refresh_token']) readonly token_type_hint?: 'access_token' | 'refresh_token';
  /** The API that asks: a token for another audience is answered as inactive. */
  @IsString() @MaxLength(2_048) readonly audience: string;
}

/** RFC 7662 §2.2. Inactive tokens carry nothing but `active`. */
export interface IntrospectionResponse {
  readonly active: boolean;
  readonly scope?: string;
  readonly client_id?: string;
  readonly username?: string;
  readonly token_type?: string;
  readonly exp?: number;
  readonly iat?: number;
  readonly nbf?: number;
  readonly sub?: string;
  readonly aud?: string | readonly string[];
  readonly iss?: string;
  readonly jti?: string;
  readonly sid?: string;
  readonly grant_id?: string;
}

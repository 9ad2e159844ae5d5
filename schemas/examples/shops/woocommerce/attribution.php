<?php
/**
 * Plugin Name: Attribution
 * Description: Adds the snippet to the shop's pages, and the ids of visitor and click to every order of both checkouts.
 * Version: 1.0.0
 * License: MIT
 *
 * Copy this file to wp-content/plugins, set the two constants and activate the plugin.
 */

defined( 'ABSPATH' ) || exit;

defined( 'ATTRIBUTION_HOST' ) || define( 'ATTRIBUTION_HOST', 'https://go.shop.example' ); // The address of the host.
defined( 'ATTRIBUTION_KEY' ) || define( 'ATTRIBUTION_KEY', '' );                           // A publishable key (scope visit).

/** Prints the script tag, with the domain if the host is on a subdomain of the shop. */
function attribution_snippet() {
	$shop   = preg_replace( '/^www\./', '', (string) wp_parse_url( home_url(), PHP_URL_HOST ) );
	$host   = (string) wp_parse_url( ATTRIBUTION_HOST, PHP_URL_HOST );
	$shared = '' !== $shop && substr( $host, -strlen( $shop ) - 1 ) === '.' . $shop;
	printf(
		'<script async src="%s/attribution.js" data-key="%s"%s></script>' . "\n",
		esc_url( ATTRIBUTION_HOST ),
		esc_attr( ATTRIBUTION_KEY ),
		$shared ? ' data-domain="' . esc_attr( $shop ) . '"' : ''
	);
}
add_action( 'wp_head', 'attribution_snippet' );

/**
 * Writes the ids of visitor and click into an order. Ids are case-sensitive, so that sanitize_key() does not fit.
 *
 * @param WC_Order $order The order, which is saved by the checkout.
 */
function attribution_stamp( $order ) {
	foreach ( array( 'atr_vid' => 'atr_visitor', 'atr_cid' => 'atr_click' ) as $member => $cookie ) {
		$id = isset( $_COOKIE[ $cookie ] ) ? wp_unslash( $_COOKIE[ $cookie ] ) : '';
		if ( is_string( $id ) && preg_match( '/^[A-Za-z0-9_.~-]{1,128}$/D', $id ) ) {
			$order->update_meta_data( $member, $id );
		}
	}
}
add_action( 'woocommerce_checkout_create_order', 'attribution_stamp' );                 // The checkout of the shortcode.
add_action( 'woocommerce_store_api_checkout_update_order_meta', 'attribution_stamp' ); // The block checkout.
